-- Puts into etcd through its JSON gateway with wrk: values about as long as a stored object, keys of their own. Base64 is what the gateway
-- takes; the keys count in it.
local count = 0
local digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
local value = string.rep("eyJhIjoi", 80)

function init(arguments)
  tag = arguments[1]
  headers = { ["Content-Type"] = "application/json" }
end

function request()
  count = count + 1
  local key, rest = "", count
  for _ = 1, 8 do
    local digit = rest % 64
    key = digits:sub(digit + 1, digit + 1) .. key
    rest = (rest - digit) / 64
  end
  return wrk.format("POST", "/v3/kv/put", headers, '{"key":"' .. tag .. key .. '","value":"' .. value .. '"}')
end
