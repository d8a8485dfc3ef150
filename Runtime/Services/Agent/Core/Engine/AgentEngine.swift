// The agent as one value: what happens goes in, what is to be done comes out. It joins what the other folders of this target decide: ports,
// configuration and routes become a plan, the plan and the forwarder's tables become requests, packets become answers and flows.
//
//   event ─▶ inputs ─▶ plan ─▶ numbers on disk ─▶ requests to the forwarder ─▶ flows ─▶ subscriptions and announcements ─▶ actions
//
// The plan is made once for an event at most, not while the forwarder still answers to the last one, and the less often the larger it is: whatever happens
// meanwhile goes into the next plan together, and what the plan names is what the forwarder was told of. After a start with a forwarder that has an earlier agent's tables nothing there
// is touched before the agent knows as much as the earlier one did, see `isSettled`.

import Coding
import NetworkTypes
import XMPP

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
    /// The platform's name server can be asked, by `askNameService`.
    public var hasNameService = false
    public var timing = AgentTiming()
    public var flows = FlowTable.Settings()

    public init(host: HostParameters, controlNodes: [String]) {
        self.host = host
        self.controlNodes = controlNodes
    }
}

/// Times in milliseconds.
public struct AgentTiming: Sendable {
    /// Configuration counts as complete when every port has its own and nothing came for the first of these, or when nothing came for the second; at the
    /// latest, with ports configured or without, after the others.
    public var configurationPause: UInt64 = 1_000
    public var configurationSilence: UInt64 = 15_000
    public var configuredLimit: UInt64 = 10_000
    public var configurationLimit: UInt64 = 60_000
    /// A control node that does not say that it has said all its routes is taken to have said them after this time.
    public var routesLimit: UInt64 = 60_000
    /// Between readings of the flow table.
    public var flowReading: UInt64 = 30_000
    /// The first pause after which a request that the forwarder refused is made again; each further one is twice as long, up to the second.
    public var firstRetry: UInt64 = 1_000
    public var longestRetry: UInt64 = 30_000
    /// The same for connecting to the forwarder.
    public var firstConnect: UInt64 = 250
    public var longestConnect: UInt64 = 5_000
    /// A forwarder that does not answer for this long is given up, and connected to again.
    public var forwarderSilence: UInt64 = 30_000
    /// A plan of so many entries may be made once in a millisecond: of many, the plan waits for more to happen, so that a thousand ports that are plugged in
    /// one after the other do not make a thousand plans.
    public var entriesPerMillisecond = 50
    /// Between attempts to find neighbours in the underlay that did not answer.
    public var neighbourRetry: UInt64 = 10_000

    public init() {}
}

public struct AgentEngine: Sendable {
    /// What is to be looked at when a time has come.
    enum Deadline: Hashable, Sendable {
        case configuration
        case plan
        case routes(session: Int)
        case retry
        case flows
        case forwarderSilence
        case neighbours
    }

    /// A control node that a session is up with.
    struct Controller: Sendable {
        let name: String
        /// It has said all its routes since the agent said all that it has.
        var isComplete = false
    }

    public let options: AgentEngineOptions
    /// What shall be.
    public internal(set) var plan = AgentPlan()
    public internal(set) var counters = AgentCounters()

    var inputs: AgentInputs
    /// Which number is whose.
    public internal(set) var indexes = AgentIndexes()
    /// As they are on disk.
    var savedIndexes: AgentIndexes?
    var service = PortService()

    var sessions: ControlNodeSessions
    /// By session: whom it connects to, and whom it is up with.
    var servers: [Int: String] = [:]
    var controllers: [Int: Controller] = [:]
    var knownControllers: Set<String> = []
    var configuration = ReceivedConfiguration()
    var configurationSince: UInt64 = 0
    var lastConfiguration: UInt64 = 0
    var announced = AnnouncedRoutes()
    var subscriptions: [String: UInt32] = [:]
    var workloads: Set<UUIDValue> = []

    var link = ForwarderLink()
    public internal(set) var flows: FlowTable
    var neighbours = NeighbourTable()
    var wantedNeighbours: Set<IPv4Address> = []
    var questions: [Int: Question] = [:]
    var nextQuestion = 0

    /// The configuration of this host's ports has come once since the start: from then on routes are announced.
    var isConfigured = false
    /// And a control node has said all its routes: from then on what is not wanted goes.
    public internal(set) var isSettled = false
    /// The forwarder has an earlier agent's tables, which stay as they are until the agent is settled.
    public internal(set) var isFrozen = false
    var hasStopped = false

    var needsPlan = true
    var needsSpeech = false
    var needsDifference = false
    /// Where flows may have to be decided otherwise since they were last looked at.
    var changedVRFs: Set<UInt32> = []
    /// The next plan is not made before this time.
    var nextPlan: UInt64 = 0
    var deadlines: [Deadline: UInt64] = [:]
    var lastWake: UInt64?
    var lastProblems: Set<String> = []
    var actions: [AgentAction] = []

    public init(_ options: AgentEngineOptions) {
        self.options = options
        inputs = AgentInputs(host: options.host)
        flows = FlowTable(settings: options.flows)
        var settings = ClientSession.Settings(name: options.host.name)
        settings.holdSeconds = options.holdSeconds
        if let subcluster = options.subcluster { settings.namespace = subcluster }
        sessions = ControlNodeSessions(servers: options.controlNodes, settings: settings, isComplete: false)
    }

    // MARK: From outside

    static let numbersFile = "numbers.json"
    static let portsFolder = "ports/"

    /// Takes in a file of the data folder before the start: `ports/UUID`, `ports/vm/UUID`, `numbers.json`. A file that cannot be read is logged and left
    /// alone.
    public mutating func load(file: String, _ bytes: [UInt8]) -> [AgentAction] {
        do throws(CodingError) {
            if file == Self.numbersFile {
                try indexes.restore(bytes)
                savedIndexes = indexes
            } else if file.hasPrefix(Self.portsFolder) {
                try service.load(file: String(file.dropFirst(Self.portsFolder.count)), bytes)
            }
        } catch {
            guard file == Self.numbersFile else { return [.log(.warning, "\(file) cannot be read and is left alone: \(error)")] }
            let text =
                "\(file) cannot be read, and is kept as \(file).unreadable: \(error); numbers are given anew, which interrupts traffic"
            return [.writeFile(name: file + ".unreadable", bytes), .log(.error, text)]
        }
        return []
    }

    /// - Parameter now: milliseconds of a clock that only goes forward, as in `handle`.
    public mutating func start(now: UInt64, time: String, jitter: Double) -> [AgentAction] {
        log(.info, "the agent \(options.host.name) starts with \(service.ports.count + service.registrations.count) ports")
        inputs.ports = service.attached([:])
        let router = Subscription.configuration(virtualRouter: "default-global-system-config:\(options.host.name)")
        perform(sessions.changeConfiguration { $0.subscribe(configuration: router) }, now)
        actions.append(.connectForwarder(afterMilliseconds: 0))
        perform(sessions.start(), now)
        deadlines[.neighbours] = now + options.timing.neighbourRetry
        conclude(now)
        return takeActions()
    }

    /// - Parameters:
    ///   - now: milliseconds of a clock that only goes forward.
    ///   - time: the time of day as text, for files.
    ///   - jitter: from −1 to 1, at random.
    public mutating func handle(_ event: AgentEvent, now: UInt64, time: String, jitter: Double) -> [AgentAction] {
        guard !hasStopped else { return [] }
        switch event {
        case .forwarderConnected: forwarderConnected(now)
        case .forwarderLost(let reason): forwarderLost(reason, now)
        case .forwarderReceived(let bytes): forwarderReceived(bytes, now)
        case .packetArrived(let bytes): packetArrived(bytes[...], now)
        case .controlNode(let session, let event): perform(sessions.handle(event, session: session, jitter: jitter), now)
        case .portRequest(let request, let number): handle(request, number, now, time)
        case .nameServerAnswered(let question, let message): nameServerAnswered(question, message)
        case .woken: lastWake = nil
        case .stop: stop(now)
        }
        if !hasStopped { conclude(now) }
        return takeActions()
    }

    // MARK: Ports

    private mutating func handle(_ request: PortRequest, _ number: Int, _ now: UInt64, _ time: String) {
        let (reply, effects) = service.handle(request, addressing: plan.addressing, now: now, time: time)
        carryOut(effects)
        actions.append(.reply(number: number, reply))
    }

    private mutating func carryOut(_ effects: [PortEffect]) {
        for effect in effects {
            switch effect {
            case .write(let file, let bytes): actions.append(.writeFile(name: Self.portsFolder + file, bytes))
            case .remove(let file): actions.append(.removeFile(name: Self.portsFolder + file))
            }
        }
        // A port can change without its file, but not without a request.
        needsPlan = needsPlan || !effects.isEmpty
    }

    private mutating func stop(_ now: UInt64) {
        log(.info, "the agent stops; the forwarder goes on with what it has")
        perform(sessions.stop(), now)
        hasStopped = true
        deadlines = [:]
        actions.append(.wake(at: nil))
    }

    // MARK: After each event

    /// Everything that follows from what happened, in its order.
    private mutating func conclude(_ now: UInt64) {
        handleDeadlines(now)
        checkConfiguration(now)
        settle()
        if canPlan, nextPlan <= now { makePlan(now) }
        sendDifference(now)
        reviewFlows(now)
        let bytes = link.takeOutgoing()
        if !bytes.isEmpty { actions.append(.sendForwarder(bytes)) }
        if needsSpeech { speak(now) }
        // The plan may have what the configuration was waited for.
        checkConfiguration(now)
        deadlines[.plan] = canPlan ? max(nextPlan, now) : nil
        watchForwarder(now)
        wake()
    }

    private var canPlan: Bool { needsPlan && link.isKnown && link.unansweredEntries == 0 }

    private mutating func handleDeadlines(_ now: UInt64) {
        for (deadline, time) in deadlines.sorted(by: { $0.value < $1.value }) where time <= now {
            deadlines[deadline] = nil
            switch deadline {
            // Looked at after every event.
            case .configuration, .plan: break
            case .routes(let session): completeRoutes(session, "it did not say so in time", now)
            case .retry: needsDifference = true
            case .flows: beginFlowReading(now)
            case .forwarderSilence: dropForwarder("it has not answered for \(options.timing.forwarderSilence / 1000) s", now)
            case .neighbours:
                deadlines[.neighbours] = now + options.timing.neighbourRetry
                askForNeighbours(now)
            }
        }
        if let tick = service.nextTick, tick <= now { carryOut(service.tick(at: now)) }
        if let tick = neighbours.nextTick, tick <= now { perform(neighbours.tick(at: now)) }
    }

    private mutating func settle() {
        if !isSettled, isConfigured, controllers.values.contains(where: \.isComplete) {
            isSettled = true
            needsPlan = true
            log(.info, "configuration and routes have arrived")
        }
        // Without the numbers that the tables were made with nothing that arrives makes a difference.
        if isFrozen, isSettled || isConfigured && savedIndexes == nil {
            isFrozen = false
            needsPlan = true
            needsDifference = true
        }
    }

    private mutating func wake() {
        let next = (deadlines.values + [service.nextTick, neighbours.nextTick].compactMap { $0 }).min()
        guard next != lastWake else { return }
        lastWake = next
        actions.append(.wake(at: next))
    }

    // MARK: The plan

    private mutating func makePlan(_ now: UInt64) {
        needsPlan = false
        if counters.plans == 0 {
            // Nothing could have come before: nothing was subscribed to.
            configurationSince = now
            lastConfiguration = now
        }
        counters.plans += 1
        let old = plan
        inputs.ports = service.attached(plan.addressing)
        let present = inputs.ports
        inputs.activeAddresses = inputs.activeAddresses.filter { present[$0.interface] != nil }
        plan = AgentPlan(inputs, &indexes, isSettled: isSettled)
        // What is plugged in can depend on the configuration, which the plan has read: a container's MAC address.
        let attached = service.attached(plan.addressing)
        if attached != inputs.ports {
            inputs.ports = attached
            plan = AgentPlan(inputs, &indexes, isSettled: isSettled)
        }
        let isWithoutItsNumbers = isFrozen && savedIndexes == nil
        if indexes != savedIndexes, !isWithoutItsNumbers {
            savedIndexes = indexes
            actions.append(.writeFile(name: Self.numbersFile, indexes.file))
        }
        let problems = Set(plan.problems)
        for problem in problems.subtracting(lastProblems).sorted() { log(.warning, problem) }
        lastProblems = problems
        updateNeighbours(now)
        needsDifference = true
        changedVRFs.formUnion(plan.changedVRFs(since: old))
        needsSpeech = true
        nextPlan = now + UInt64(plan.tables.count / options.timing.entriesPerMillisecond)
    }

    // MARK: Actions

    mutating func log(_ level: AgentLog, _ text: String) { actions.append(.log(level, text)) }

    private mutating func takeActions() -> [AgentAction] {
        defer { actions = [] }
        return actions
    }
}

/// What the agent has done, for people.
public struct AgentCounters: Sendable, Equatable {
    public var plans = 0
    public var requests = 0
    public var refusals = 0
    public var packets = 0
    /// Packets that are no packets, or that nobody has an answer for.
    public var packetsIgnored = 0
    public var flowsBegun = 0
    public var flowsEnded = 0
    public var sourceMismatches = 0
    public var badRoutes = 0

    public init() {}
}
