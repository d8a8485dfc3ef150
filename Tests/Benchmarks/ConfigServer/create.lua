-- Creates objects with wrk, each with a name of its own: arguments are the type and a tag that tells this run from others.
local threads = 0
local count = 0

function setup(thread)
  threads = threads + 1
  thread:set("thread", threads)
end

function init(arguments)
  kind = arguments[1]
  tag = arguments[2]
  headers = { ["Content-Type"] = "application/json" }
end

function request()
  count = count + 1
  local name = tag .. "-" .. thread .. "-" .. count
  local body
  if kind == "virtual-machine" then
    body = '{"virtual-machine":{"fq_name":["' .. name .. '"]}}'
  else
    body = '{"' .. kind .. '":{"fq_name":["default-domain","default-project","' .. name .. '"],"parent_type":"project"}}'
  end
  return wrk.format("POST", "/" .. kind .. "s", headers, body)
end
