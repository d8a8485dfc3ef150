// The agent as one value: what happens goes in, what is to be done comes out. It joins what the other folders of this target decide: ports,
// configuration and routes become a plan, the plan and the forwarder's tables become requests, packets become answers and flows.

import NetworkTypes

/// What an agent is told when it starts.
public struct AgentEngineOptions: Sendable {
    /// This host. Its name is that of the virtual router in the configuration, without the global system's in front.
    public var host: HostParameters
    /// Control nodes as `host:port`, the preferred first.
    public var controlNodes: [String]
    /// The name of the subcluster, for agents that are in one.
    public var subcluster: String?
    /// Without a sign of life for this long a control node is given up, in seconds.
    public var holdSeconds = 90
    /// Version and build, for people to read.
    public var build = "tungsten"

    public init(host: HostParameters, controlNodes: [String]) {
        self.host = host
        self.controlNodes = controlNodes
    }
}

public struct AgentEngine: Sendable {
    public let options: AgentEngineOptions
    /// What shall be.
    public private(set) var plan = AgentPlan()

    public init(_ options: AgentEngineOptions) { self.options = options }

    /// Takes in a file of the data folder before the start: `ports/UUID`, `ports/vm/UUID`, `numbers.json`. A file that cannot be read is logged and left
    /// alone.
    public mutating func load(file: String, _ bytes: [UInt8]) -> [AgentAction] { [] }

    /// - Parameter now: milliseconds of a clock that only goes forward, as in `handle`.
    public mutating func start(now: UInt64, time: String, jitter: Double) -> [AgentAction] { [] }

    /// - Parameters:
    ///   - now: milliseconds of a clock that only goes forward.
    ///   - time: the time of day as text, for files.
    ///   - jitter: from −1 to 1, at random.
    public mutating func handle(_ event: AgentEvent, now: UInt64, time: String, jitter: Double) -> [AgentAction] { [] }

    /// The agent's state for people and tools, as JSON.
    public var status: [UInt8] { Array("{}".utf8) }
}
