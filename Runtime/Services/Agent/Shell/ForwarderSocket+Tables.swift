// The forwarder's tables, read and written whole.

import AgentCore
import ForwarderMessages

extension ForwarderSocket {
    public func hello() throws(ForwarderError) -> HelloMessage {
        guard let answer = try ask(HelloMessage(sender: .agent, build: "tungsten")).first else {
            throw ForwarderError("the forwarder does not greet")
        }
        return answer
    }

    public func interfaces() throws(ForwarderError) -> [InterfaceMessage] {
        try dump { InterfaceMessage(operation: .dump, cursor: $0) }
    }

    public func vrfs() throws(ForwarderError) -> [VrfMessage] { try dump { VrfMessage(operation: .dump, cursor: $0) } }

    public func nextHops() throws(ForwarderError) -> [NextHopMessage] { try dump { NextHopMessage(operation: .dump, cursor: $0) } }

    public func labels() throws(ForwarderError) -> [LabelMessage] { try dump { LabelMessage(operation: .dump, cursor: $0) } }

    public func vxlanNetworks() throws(ForwarderError) -> [VxlanNetworkMessage] {
        try dump { VxlanNetworkMessage(operation: .dump, cursor: $0) }
    }

    public func routes(vrf: UInt32, _ family: AddressFamily) throws(ForwarderError) -> [RouteMessage] {
        try dump { RouteMessage(operation: .dump, vrf: vrf, family: family, cursor: $0) }
    }

    public func flows() throws(ForwarderError) -> [FlowMessage] { try dump { FlowMessage(operation: .dump, cursor: $0) } }

    /// Everything that the forwarder has, as the difference compares it.
    public func tables() throws(ForwarderError) -> ForwarderTables {
        var messages: [ForwarderEntry.Message] = []
        let vrfs = try vrfs()
        messages += vrfs.map { .vrf($0) }
        messages += try interfaces().map { .interface($0) }
        // Next hop 0 is the forwarder's own.
        messages += try nextHops().filter { $0.index != 0 }.map { .nextHop($0) }
        messages += try labels().map { .label($0) }
        messages += try vxlanNetworks().map { .vxlanNetwork($0) }
        for vrf in vrfs.compactMap(\.index) {
            for family in [AddressFamily.inet, .inet6, .bridge] { messages += try routes(vrf: vrf, family).map { .route($0) } }
        }
        var tables: ForwarderTables = [:]
        for message in messages {
            guard let entry = ForwarderEntry(message) else {
                throw ForwarderError("the forwarder told an entry without its key: \(message)")
            }
            tables[entry.key] = entry
        }
        return tables
    }

    /// Carries out requests in order, up to the first that is refused.
    public func apply(_ requests: [ForwarderRequest]) throws(ForwarderError) {
        for request in requests {
            let subject = "\(request.operation) \(request.key.map { "\($0)" } ?? "")"
            _ = try ask(request.command, request.attributes, about: subject)
        }
    }
}
