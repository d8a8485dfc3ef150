// What was made, and what to try with it, in words.

import NetworkTypes

public struct DemonstrationGuide: Sendable {
    private let plan: DemonstrationPlan
    private let ports: [DemonstrationObjects.Port]
    private let program: String

    public init(_ plan: DemonstrationPlan, _ ports: [DemonstrationObjects.Port], program: String) {
        self.plan = plan
        self.ports = ports
        self.program = program
    }

    public var text: String {
        let width = (ports.map { $0.workload.fullName.count }.max() ?? 0) + 2
        func padded(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(1, width - text.count)) }
        let rows = ports.map { port in
            "  \(padded(port.workload.fullName, width))\(padded("\(port.address)", 14))network \(padded(port.workload.network, 6))on \(port.workload.host.name)"
        }
        return """

            Two hosts, \(plan.hosts.map { "\($0.name) (\($0.address))" }.joined(separator: " and ")), and on them the workloads of two tenants with the same addresses:
            \(rows.joined(separator: "\n"))
            A policy lets the networks of red talk to each other; those of blue may not.

            Try, as root:
            \(attempts.map { "  \($0)" }.joined(separator: "\n"))

            Each host and workload is a network namespace: ip netns exec tungsten-host-a …. Ctrl-C, or `tungsten down`, removes all of it.
            """
    }

    private func address(_ name: String) -> String { ports.first { $0.workload.fullName == name }.map { "\($0.address)" } ?? name }

    private var attempts: [String] {
        [
            "ip netns exec tungsten-red-web1 ping -c 3 \(address("red-web2"))     # the same network on the other host",
            "ip netns exec tungsten-red-web1 ping -c 3 \(address("red-db1"))     # another network, which policy allows",
            "ip netns exec tungsten-blue-web1 ping -c 3 \(address("blue-db1"))    # the same without a policy: nothing comes back",
            "\(program) trace blue-web1 blue-db1    # why: each step with the table entry that decided it",
            "\(program) status",
            "\(program) control show routes --instance default-domain:demonstration-red:web:web",
        ]
    }
}
