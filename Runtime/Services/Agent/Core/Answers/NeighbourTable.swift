// Neighbours in the underlay: which MAC address a next hop's address has. The forwarder shows what it cannot resolve; this table asks by ARP
// and says when the answer has come, changed, or failed to come.
//
// Event in, actions out; time is given in milliseconds of a clock that only goes forward.

import NetworkTypes

public struct NeighbourTable: Sendable {
    public struct Timing: Sendable {
        /// Between requests, and how many are sent before giving up.
        public var retryMilliseconds: UInt64 = 2000
        public var attempts = 8
        /// An answer older than this is asked for again, still being used meanwhile.
        public var ageMilliseconds: UInt64 = 300_000

        public init() {}
    }

    public enum Action: Equatable, Sendable {
        /// Send an ARP request for the address out of the uplink.
        case request(IPv4Address)
        /// The address has this MAC address now.
        case resolved(IPv4Address, MACAddress)
        /// Nobody has the address.
        case failed(IPv4Address)
    }

    private enum State {
        case asking(attempts: Int, next: UInt64)
        case known(MACAddress, until: UInt64)
        case refreshing(MACAddress, attempts: Int, next: UInt64)
        case unreachable(until: UInt64)
    }

    private let timing: Timing
    private var states: [IPv4Address: State] = [:]

    public init(timing: Timing = Timing()) { self.timing = timing }

    public subscript(_ address: IPv4Address) -> MACAddress? {
        switch states[address] {
        case .known(let mac, _), .refreshing(let mac, _, _): mac
        case .asking, .unreachable, nil: nil
        }
    }

    /// Somebody wants to send to the address.
    public mutating func wanted(_ address: IPv4Address, at now: UInt64) -> [Action] {
        switch states[address] {
        case nil: return ask(address, now)
        case .unreachable(let until) where until <= now: return ask(address, now)
        case .known(let mac, _), .refreshing(let mac, _, _): return [.resolved(address, mac)]
        case .asking, .unreachable: return []
        }
    }

    /// Nobody wants to send to the address any more.
    public mutating func released(_ address: IPv4Address) { states[address] = nil }

    /// An ARP packet from the fabric named an address and a MAC address. Ones that nobody waits for are not remembered.
    public mutating func heard(_ address: IPv4Address, _ mac: MACAddress, at now: UInt64) -> [Action] {
        guard let state = states[address], !mac.isMulticast, mac != .zero else { return [] }
        states[address] = .known(mac, until: now + timing.ageMilliseconds)
        switch state {
        case .known(mac, _), .refreshing(mac, _, _): return []
        default: return [.resolved(address, mac)]
        }
    }

    /// Time has passed.
    public mutating func tick(at now: UInt64) -> [Action] {
        var actions: [Action] = []
        for (address, state) in states.sorted(by: { $0.key < $1.key }) {
            switch state {
            case .asking(let attempts, let next) where next <= now:
                if attempts >= timing.attempts {
                    states[address] = .unreachable(until: now + timing.retryMilliseconds)
                    actions.append(.failed(address))
                } else {
                    states[address] = .asking(attempts: attempts + 1, next: now + timing.retryMilliseconds)
                    actions.append(.request(address))
                }
            case .known(let mac, let until) where until <= now:
                states[address] = .refreshing(mac, attempts: 1, next: now + timing.retryMilliseconds)
                actions.append(.request(address))
            case .refreshing(let mac, let attempts, let next) where next <= now:
                if attempts >= timing.attempts {
                    states[address] = .unreachable(until: now + timing.retryMilliseconds)
                    actions.append(.failed(address))
                } else {
                    states[address] = .refreshing(mac, attempts: attempts + 1, next: now + timing.retryMilliseconds)
                    actions.append(.request(address))
                }
            default: break
            }
        }
        return actions
    }

    /// When `tick` has something to do; nil: never.
    public var nextTick: UInt64? {
        states.values.compactMap { state in
            switch state {
            case .asking(_, let next), .refreshing(_, _, let next): next
            case .known(_, let until): until
            case .unreachable: nil
            }
        }.min()
    }

    private mutating func ask(_ address: IPv4Address, _ now: UInt64) -> [Action] {
        states[address] = .asking(attempts: 1, next: now + timing.retryMilliseconds)
        return [.request(address)]
    }
}
