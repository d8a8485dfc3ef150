// The model: what a packet meets, from the moment it comes in, as the comments in Runtime/Forwarder/include say. It is slow and simple on purpose:
// a packet is parsed into values, tables are dictionaries, a step either hands the packet on or throws why it is dropped.
//
// What it does not say: how an implementation numbers flows, hashes, and lays packets out in memory. Where a hash decides what leaves, the model says
// which bytes it does not know, and `isUndecided` that it does not know more than that.

import NetworkTypes

public struct Forwarder {
    /// A packet that has left, on the device of an interface.
    public struct Sent: Equatable {
        public var interface: UInt32
        public var bytes: [UInt8]
        /// Bytes whose values are the implementation's to choose.
        public var unknown: Set<Int> = []
    }

    public struct Limits {
        /// Flows that may wait for the agent.
        public var heldFlows = 4
        /// Tables that a packet is looked up in before its way is taken for a circle.
        public var lookups = 12

        public init() {}
    }

    let limits: Limits
    public var tables = Tables()
    /// Milliseconds.
    var now = 100_000
    /// Interfaces whose devices take nothing.
    var refusing: Set<UInt32> = []
    /// Whether there is memory for copies of packets.
    var canCopy = true
    public var sent: [Sent] = []
    public var drops: [Drop] = []
    /// More than bytes depended on a hash: an implementation may do something else.
    public var isUndecided = false

    var flows: [FlowKey: Flow] = [:]
    var flowsMade: UInt32 = 0
    var haveFlowsBeenDeleted = false
    var datagrams: [FragmentKey: Datagram] = [:]
    /// Packets that have waited and go on, the first first.
    private var released: [(Waiting, dropped: Drop?)] = []
    private var isReleasing = false

    public init(limits: Limits = Limits()) { self.limits = limits }

    // MARK: Ways in

    /// A frame arrives on an interface.
    public mutating func receive(_ bytes: [UInt8], on index: UInt32) {
        attempt { (model) throws(Drop) in try model.enter(bytes, on: index) }
        goOn()
    }

    /// Time passes, and the forwarder notices.
    public mutating func tick(after milliseconds: Int = 0) {
        now += milliseconds
        for (key, datagram) in datagrams where now - datagram.began >= Datagram.lifetime {
            datagrams[key] = nil
            release(datagram.waiting, dropping: .noFragmentEntry)
        }
        goOn()
    }

    /// Does a step of one packet's way; if it throws, that packet is dropped, and no other.
    mutating func attempt(_ step: (inout Forwarder) throws(Drop) -> Void) {
        do { try step(&self) } catch { drops.append(error) }
    }

    private mutating func enter(_ bytes: [UInt8], on index: UInt32) throws(Drop) {
        guard var arrival = tables.interfaces[index] else { throw .invalidInterface }
        var frame = try EthernetFrame(bytes)
        if arrival.flags.contains(.crossConnect) { return try crossConnect(frame, from: arrival) }
        if frame.type == EtherType.vlan, arrival.type != .agent, arrival.type != .host {
            guard frame.payload.count >= 4 else { throw .pull }
            let vlan = frame.payload.word(at: 0) & 0xFFF
            let sub = tables.subInterface(of: index, vlan: vlan)
            arrival = sub ?? arrival
            // A tag without a VLAN says only a priority; that of a VLAN which is no interface belongs to the frame.
            if vlan == 0 || sub != nil {
                (frame.type, frame.payload) = (frame.payload.word(at: 2), frame.payload.bytes(from: 4))
            }
        }
        switch arrival.type {
        case .physical: try fabric(frame, on: arrival)
        case .agent: try agent(frame)
        case .host, .vlan: try crossConnect(frame, from: arrival)
        case .virtual, .gateway, .virtualVLAN: try workload(frame, on: arrival)
        }
    }

    // MARK: Ways out

    /// A frame leaves. A sub-interface is a VLAN on its parent's device.
    mutating func transmit(_ bytes: [UInt8], unknown: Set<Int> = [], on interface: Interface) throws(Drop) {
        var sent = Sent(interface: interface.parent ?? interface.index, bytes: bytes, unknown: unknown)
        if let vlan = interface.vlan {
            var tag: [UInt8] = []
            tag.append(word: EtherType.vlan)
            tag.append(word: vlan)
            sent.bytes.insert(contentsOf: tag, at: 12)
            sent.unknown = Set(unknown.map { $0 < 12 ? $0 : $0 + 4 })
        }
        guard !refusing.contains(sent.interface) else { throw .interfaceTransmitDiscard }
        self.sent.append(sent)
    }

    /// Hands a frame, undecided, to all the interfaces that the one it came in on is connected to.
    mutating func crossConnect(_ frame: EthernetFrame, from arrival: Interface) throws(Drop) {
        let others = arrival.crossConnects.filter { $0 != arrival.index }.compactMap { tables.interfaces[$0] }
        guard let last = others.last else { throw .nowhereToGo }
        for other in others.dropLast() {
            if canCopy {
                attempt { (model) throws(Drop) in try model.transmit(frame.bytes, on: other) }
            } else {
                drops.append(.cloneFailed)
            }
        }
        try transmit(frame.bytes, on: last)
    }

    // MARK: Packets that have waited

    /// Lets packets go on, or be dropped, once the packet in hand is done with.
    mutating func release(_ waiting: [Waiting], dropping reason: Drop? = nil) { released += waiting.map { ($0, reason) } }

    mutating func goOn() {
        guard !isReleasing else { return }
        isReleasing = true
        while !released.isEmpty {
            let (waiting, reason) = released.removeFirst()
            attempt { (model) throws(Drop) in
                if let reason { throw reason }
                var journey = waiting.journey
                guard let arrival = model.tables.interfaces[journey.arrival.index] else { throw .invalidInterface }
                journey.arrival = arrival
                switch waiting.resumption {
                case .workload: try model.admitWorkload(journey)
                case .nextHop(let index): try model.nextHop(index, for: journey)
                }
            }
        }
        isReleasing = false
    }
}
