// How a workload of the demonstration gets its address: by DHCP, as any guest does, from the agent of its host. The client is busybox's; what
// it learns is applied by a script of ours, which leaves alone everything outside the workload.

import NetworkTypes

enum WorkloadAddress {
    /// Where a namespace's own /etc/resolv.conf lies: `ip netns exec` mounts it over the host's.
    static func nameServerFolder(_ workload: DemonstrationPlan.Workload) -> String { "/etc/netns/\(workload.namespace)" }
    static func nameServerFile(_ workload: DemonstrationPlan.Workload) -> String { nameServerFolder(workload) + "/resolv.conf" }

    /// Run by the DHCP client with the event as argument and the lease in the environment. The file of name servers is written in place: it is
    /// mounted, and a file that replaced it would not be seen.
    static let script = """
        #!/bin/sh
        case "$1" in
        bound|renew)
          ip address replace "$ip/$mask" dev "$interface"
          for gateway in $router; do ip route replace default via "$gateway" dev "$interface"; break; done
          {
            [ -z "$domain" ] || echo "search $domain"
            for server in $dns; do echo "nameserver $server"; done
          } > "$NAME_SERVERS"
          ;;
        esac

        """

    /// Asks up to ten times, a second apart, and ends once it has an address.
    static func client(_ workload: DemonstrationPlan.Workload, script: String) -> [String] {
        [
            "netns", "exec", workload.namespace, "env", "NAME_SERVERS=\(nameServerFile(workload))", "busybox", "udhcpc", "-i",
            DemonstrationPlan.Workload.interface, "-f", "-q", "-n", "-t", "10", "-T", "1", "-x", "hostname:\(workload.fullName)", "-s",
            script,
        ]
    }
}
