// The forwarder's end of the agent's connection, as a value: bytes in, bytes out. Its tables accept and refuse what the real one's do; its flows have
// places and incarnations.

import AgentCore
import Attributes
import ForwarderMessages
import NetworkTypes

struct StreamForwarder {
    struct Flow {
        var message: FlowMessage
        var key: FlowKeyed
        var incarnation: UInt8
    }

    private(set) var model = ModelForwarder()
    private(set) var flows: [UInt32: Flow] = [:]
    private var incarnations: [UInt32: UInt8] = [:]
    private var nextFlow: UInt32 = 100
    private var splitter = ForwarderFrameSplitter()
    let instance: UInt64
    private var generation: UInt32 = 0
    /// Entries that are refused, whatever the request.
    var refused: Set<EntryKey> = []
    /// How long flows have carried nothing, as they tell.
    var idleMilliseconds: UInt32 = 5
    /// Nothing is answered.
    var isSilent = false
    /// What was asked for, other than to be told something.
    private(set) var requests: [String] = []
    /// How many entries a part of a dump has.
    static let part = 7

    init(instance: UInt64) {
        self.instance = instance
        // VRF 0 is there by itself.
        try? model.apply(VrfMessage.command, (try? VrfMessage(operation: .add, index: 0).attributes()) ?? [])
    }

    var tables: ForwarderTables { model.tables }

    /// A connection begins.
    mutating func connected() { splitter = ForwarderFrameSplitter() }

    mutating func forgetRequests() { requests = [] }

    mutating func received(_ bytes: [UInt8]) throws -> [UInt8] {
        splitter.append(bytes)
        var answers: [UInt8] = []
        while let frame = try splitter.next() { if !isSilent { answers += try answer(frame) } }
        return answers
    }

    // MARK: Answers

    private func frames(_ request: ForwarderFrame, _ entries: [[UInt8]], _ response: ResponseMessage) throws -> [UInt8] {
        try entries.flatMap { ForwarderFrame(command: request.command, sequence: request.sequence, attributes: $0).bytes }
            + ForwarderFrame(command: ResponseMessage.command, sequence: request.sequence, attributes: response.attributes()).bytes
    }

    private func refusal(_ request: ForwarderFrame, _ error: UInt32, _ explanation: String) throws -> [UInt8] {
        try frames(request, [], ResponseMessage(error: error, explanation: explanation))
    }

    private mutating func answer(_ request: ForwarderFrame) throws -> [UInt8] {
        if request.command == HelloMessage.command {
            let hello = HelloMessage(sender: .forwarder, build: "model", instance: instance, generation: generation)
            return try frames(request, [hello.attributes()], ResponseMessage(error: 0))
        }
        if request.command == FlowMessage.command { return try answerFlow(request, try FlowMessage(attributes: request.attributes)) }
        if let entries = try dump(request) {
            return try self.part(request, entries.map { try $0.message.request(.dump, generation: nil) }, try cursor(request))
        }
        let key = ModelForwarder.key(request.command, request.attributes)
        if let key, refused.contains(key) { return try refusal(request, 12, "there is no memory") }
        requests.append("entry \(key.map { "\($0)" } ?? "")")
        do throws(ModelForwarder.Refusal) {
            try model.apply(request.command, request.attributes)
        } catch {
            switch error {
            case .missing: return try refusal(request, 2, "\(error)")
            case .inUse: return try refusal(request, 16, "\(error)")
            case .malformed: return try refusal(request, 22, "\(error)")
            }
        }
        return try frames(request, [], ResponseMessage(error: 0))
    }

    /// The entries that a dump asks for; nil: it is no dump.
    private func dump(_ request: ForwarderFrame) throws -> [ForwarderEntry]? {
        func entries(_ operation: TableOperation, _ matches: (EntryKey) -> Bool) -> [ForwarderEntry]? {
            guard operation == .dump else { return nil }
            return tables.values.filter { matches($0.key) }.sorted { $0.key < $1.key }
        }
        switch request.command {
        case VrfMessage.command:
            return entries(try VrfMessage(attributes: request.attributes).operation) { if case .vrf = $0 { true } else { false } }
        case InterfaceMessage.command:
            return entries(try InterfaceMessage(attributes: request.attributes).operation) {
                if case .interface = $0 { true } else { false }
            }
        case NextHopMessage.command:
            return entries(try NextHopMessage(attributes: request.attributes).operation) { if case .nextHop = $0 { true } else { false } }
        case LabelMessage.command:
            return entries(try LabelMessage(attributes: request.attributes).operation) { if case .label = $0 { true } else { false } }
        case VxlanNetworkMessage.command:
            return entries(try VxlanNetworkMessage(attributes: request.attributes).operation) {
                if case .vxlanNetwork = $0 { true } else { false }
            }
        case RouteMessage.command:
            let message = try RouteMessage(attributes: request.attributes)
            return entries(message.operation) { key in
                switch key {
                case .route(let vrf, .v4): vrf == message.vrf && message.family == .inet
                case .route(let vrf, .v6): vrf == message.vrf && message.family == .inet6
                case .bridge(let vrf, _): vrf == message.vrf && message.family == .bridge
                default: false
                }
            }
        default: return nil
        }
    }

    private func cursor(_ request: ForwarderFrame) throws -> [UInt8]? {
        switch request.command {
        case VrfMessage.command: try VrfMessage(attributes: request.attributes).cursor
        case InterfaceMessage.command: try InterfaceMessage(attributes: request.attributes).cursor
        case NextHopMessage.command: try NextHopMessage(attributes: request.attributes).cursor
        case LabelMessage.command: try LabelMessage(attributes: request.attributes).cursor
        case VxlanNetworkMessage.command: try VxlanNetworkMessage(attributes: request.attributes).cursor
        case FlowMessage.command: try FlowMessage(attributes: request.attributes).cursor
        default: try RouteMessage(attributes: request.attributes).cursor
        }
    }

    private func part(_ request: ForwarderFrame, _ entries: [[UInt8]], _ cursor: [UInt8]?) throws -> [UInt8] {
        let start = cursor?.first.map(Int.init) ?? 0
        let part = Array(entries.dropFirst(start).prefix(Self.part))
        let hasMore = start + part.count < entries.count
        return try frames(request, part, ResponseMessage(error: 0, cursor: hasMore ? [UInt8(start + part.count)] : nil))
    }

    // MARK: Flows

    private mutating func answerFlow(_ request: ForwarderFrame, _ message: FlowMessage) throws -> [UInt8] {
        if message.operation == .dump {
            let all = try flows.sorted { $0.key < $1.key }.map { try told($0.key, $0.value).attributes() }
            return try part(request, all, message.cursor)
        }
        requests.append("flow \(message.operation)")
        if let next = message.sourceNextHop, next != 0, tables[.nextHop(next)] == nil {
            return try refusal(request, 2, "there is no next hop \(next)")
        }
        guard let key = message.key.flatMap({ FlowKeyed($0) }) else { return try refusal(request, 22, "a key is needed") }
        var index = message.index ?? flows.first { $0.value.key == key }?.key
        if message.operation == .add, index == nil { index = place(key) }
        guard let index, let old = flows[index], old.key == key else { return try refusal(request, 2, "there is no such flow") }
        if let incarnation = message.incarnation, incarnation != old.incarnation { return try refusal(request, 9, "it has passed") }
        if message.operation == .delete {
            flows[index] = nil
            return try frames(request, [told(index, old).attributes()], ResponseMessage(error: 0))
        }
        flows[index]?.message.action = message.action ?? old.message.action
        flows[index]?.message.dropReason = message.dropReason
        flows[index]?.message.vrf = message.vrf ?? old.message.vrf
        flows[index]?.message.reverseIndex = message.reverseIndex ?? old.message.reverseIndex
        flows[index]?.message.sourceNextHop = message.sourceNextHop ?? old.message.sourceNextHop
        guard message.index == nil, let new = flows[index] else { return try frames(request, [], ResponseMessage(error: 0)) }
        return try frames(request, [told(index, new).attributes()], ResponseMessage(error: 0))
    }

    private func told(_ index: UInt32, _ flow: Flow) -> FlowMessage {
        var message = flow.message
        message.index = index
        message.incarnation = flow.incarnation
        message.statistics = FlowStatistics(packets: 3, bytes: 300)
        message.idle = idleMilliseconds
        return message
    }

    private mutating func place(_ key: FlowKeyed) -> UInt32 {
        let index = nextFlow
        nextFlow += 1
        let incarnation = incarnations[index, default: 0] &+ 1
        incarnations[index] = incarnation
        flows[index] = Flow(message: FlowMessage(operation: .get, key: key.message, action: .drop), key: key, incarnation: incarnation)
        return index
    }

    func flow(_ key: FlowKeyed) -> Flow? { flows.values.first { $0.key == key } }

    /// A packet arrives that has no flow, and is shown to the agent.
    mutating func miss(interface: UInt32, vrf: UInt32, nextHop: UInt32, _ tuple: FlowTuple, frame: [UInt8]) -> [UInt8] {
        let index = place(FlowKeyed(nextHop: nextHop, tuple: tuple))
        flows[index]?.message.action = .hold
        flows[index]?.message.vrf = vrf
        let incarnation = flows[index]?.incarnation ?? 0
        return AgentPacket(
            interface: UInt16(interface), vrf: UInt16(vrf),
            .trap(.flowMiss(index: index, nextHop: nextHop, incarnation: incarnation, packets: 1, bytes: 98)), frame: frame[...]
        ).bytes
    }
}
