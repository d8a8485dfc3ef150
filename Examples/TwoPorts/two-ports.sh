#!/usr/bin/env bash
# Makes a network with a subnet and two ports, and prints the addresses that the server has given them. What is there already stays as it is.
set -euo pipefail
server=${1:-127.0.0.1:8082}

# create TYPE BODY: 409 says that there is one with the name; the server's words for anything else go to the terminal.
create() {
  local reply
  reply=$(curl -sS -w '\n%{http_code}' "http://$server/$1s" -H 'Content-Type: application/json' -d "{\"$1\": $2}")
  case ${reply##*$'\n'} in 200 | 409) ;; *) echo "$reply" >&2; exit 1 ;; esac
}

project='"default-domain", "default-project"'
create virtual-network '{"fq_name": ['"$project"', "two-ports"], "parent_type": "project",
  "network_ipam_refs": [{"to": ['"$project"', "default-network-ipam"],
    "attr": {"ipam_subnets": [{"subnet": {"ip_prefix": "10.7.0.0", "ip_prefix_len": 24}}]}}]}'
for name in two-ports-a two-ports-b; do
  create virtual-machine-interface '{"fq_name": ['"$project"', "'$name'"], "parent_type": "project",
    "virtual_network_refs": [{"to": ['"$project"', "two-ports"]}]}'
  create instance-ip '{"fq_name": ["'$name'"], "virtual_network_refs": [{"to": ['"$project"', "two-ports"]}],
    "virtual_machine_interface_refs": [{"to": ['"$project"', "'$name'"]}]}'
  curl -sG "http://$server/instance-ips" -d 'fields=instance_ip_address' --data-urlencode "filters=display_name==\"$name\""
  echo
done
