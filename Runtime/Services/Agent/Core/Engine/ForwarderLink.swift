// The agent's end of the connection to the forwarder: how far the two are with each other, what the forwarder is known to have, and what the
// answers that are awaited are about.

import ForwarderMessages

struct ForwarderLink: Sendable {
    enum Phase: Sendable {
        case disconnected
        /// The greeting was sent.
        case greeting
        case reading(TableReading)
        case running
    }

    /// What a request was for.
    enum Purpose: Sendable {
        case greeting
        case reading
        case entry(ForwarderRequest)
        case reverseFlow(of: FlowKeyed)
        case flow(FlowKeyed)
        case flowDeletion
        case flows
        /// The flow of a packet that does not have its ports.
        case flowOfFragment(interface: UInt32, vrf: UInt32)
    }

    /// The flow table is being read.
    struct FlowReading: Sendable {
        /// The first reading after the tables have been brought in line: what is found is adopted as a whole. Later ones only look.
        var isAdoption: Bool
        var begun: UInt64
        var found: [FlowMessage] = []
    }

    var phase = Phase.disconnected
    var dialogue = ForwarderDialogue()
    private(set) var purposes: [UInt32: Purpose] = [:]
    /// Requests about entries of tables that are not answered.
    private(set) var unansweredEntries = 0
    var actual: ForwarderTables = [:]
    /// By interface: whether its device is there and has its link.
    var links: [UInt32: Bool] = [:]
    /// What the forwarder called itself when it was started.
    var instance: UInt64?
    var generation: UInt32 = 0
    /// The tables have been read at least once.
    var isKnown = false
    var flowReading: FlowReading?
    /// Whether what is in the flow table has been compared with what the agent knows.
    var hasAdoptedFlows = false
    /// Entries that the forwarder refused, and why.
    var refusals: [EntryKey: String] = [:]
    /// Whether the requests at hand had all been accepted so far.
    var isRefusing = false
    /// Attempts to connect, or to have an entry accepted, since the last success.
    var attempts = 0
    var retries = 0
    /// Bytes to send, in order.
    private var outgoing: [UInt8] = []

    var isRunning: Bool { if case .running = phase { true } else { false } }
    var waitingCount: Int { purposes.count }

    mutating func request(_ command: UInt8, _ attributes: [UInt8], _ purpose: Purpose) {
        let (number, bytes) = dialogue.request(command, attributes)
        purposes[number] = purpose
        if case .entry = purpose { unansweredEntries += 1 }
        outgoing += bytes
    }

    /// What an answer is about.
    mutating func purpose(of number: UInt32) -> Purpose? {
        let purpose = purposes.removeValue(forKey: number)
        if case .entry = purpose { unansweredEntries -= 1 }
        return purpose
    }

    mutating func takeOutgoing() -> [UInt8] {
        defer { outgoing = [] }
        return outgoing
    }

    /// The connection is gone, and all that waited for an answer.
    mutating func disconnect() {
        phase = .disconnected
        dialogue = ForwarderDialogue()
        purposes = [:]
        unansweredEntries = 0
        outgoing = []
        flowReading = nil
        hasAdoptedFlows = false
        isRefusing = false
    }
}
