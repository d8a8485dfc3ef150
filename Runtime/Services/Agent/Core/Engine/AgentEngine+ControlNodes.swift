// Control nodes: what they say about configuration and routes becomes inputs; what the plan wants of them and announces is said.

import Graph
import NetworkTypes
import XMPP

extension AgentEngine {
    // MARK: Sessions

    mutating func perform(_ sessionActions: [ControlNodeSessions.Action], _ now: UInt64) {
        for action in sessionActions {
            switch action {
            case .connect(let session, let server):
                servers[session] = server
                actions.append(.connectControlNode(session: session, server: server))
            case .session(let session, let action): perform(action, session, now)
            case .configurationSource(let session):
                guard let session else {
                    log(.warning, "no control node gives configuration; what was given stays in force")
                    continue
                }
                log(.info, "configuration comes from \(servers[session] ?? "") from now on")
                configuration.sourceChanged()
                configurationSince = now
                lastConfiguration = now
            }
        }
    }

    private mutating func perform(_ action: ClientSession.Action, _ session: Int, _ now: UInt64) {
        switch action {
        case .connect: break
        case .close: actions.append(.closeControlNode(session: session))
        case .send(let bytes): actions.append(.sendControlNode(session: session, bytes))
        case .startTimer(let timer, let seconds):
            actions.append(.startTimer(session: session, timer, milliseconds: UInt64(max(seconds, 0) * 1000)))
        case .stopTimer(let timer): actions.append(.stopTimer(session: session, timer))
        case .established: established(session, now)
        case .stanza(let stanza): take(stanza.payload, session, now)
        case .lost(let reason): lost(session, reason)
        }
    }

    private mutating func established(_ session: Int, _ now: UInt64) {
        let name = servers[session] ?? ""
        log(.info, "connected to control node \(name)")
        controllers[session] = Controller(name: name)
        knownControllers.insert(name)
        inputs.routes.began(name)
        deadlines[.routes(session: session)] = now + options.timing.routesLimit
    }

    private mutating func lost(_ session: Int, _ reason: String) {
        log(.warning, "control node \(servers[session] ?? ""): \(reason)")
        deadlines[.routes(session: session)] = nil
        guard let gone = controllers.removeValue(forKey: session) else { return }
        // Another one says the same. If there is none, what it said last stays in force until one comes back.
        guard controllers.values.contains(where: { $0.isComplete && $0.name != gone.name }) else { return }
        inputs.routes.forgot(gone.name)
        needsPlan = true
    }

    // MARK: Hearing

    private mutating func take(_ payload: Stanza.Payload, _ session: Int, _ now: UInt64) {
        switch payload {
        case .event(let event): take(event, session)
        case .endOfRIB:
            // Before the agent has subscribed to everything, all is less than all.
            if sessions.statements.isComplete { completeRoutes(session, nil, now) }
        case .configuration(let statements):
            guard session == sessions.configurationSource else { return }
            lastConfiguration = now
            if configuration.received(statements, &inputs.graph) { needsPlan = true }
        case .subscribe, .unsubscribe, .publish, .associate, .dissociate, .unknown: break
        }
    }

    private mutating func take(_ event: RouteEvent, _ session: Int) {
        guard let controller = controllers[session] else { return }
        guard let table = TableNode(event.node) else {
            log(.warning, "control node \(controller.name) tells routes of '\(event.node)', which is no table")
            return
        }
        // What comes after the end of a subscription is nobody's. Routes of the underlay are the host's own affair.
        guard subscriptions[table.instance] != nil, table.instance != AgentPlan.fabric else { return }
        var problems: [String] = []
        for item in event.items {
            do throws(ReceivedRouteError) {
                guard let destination = try RouteDestination(item: item.id, table.family) else { continue }
                var found: [String] = []
                let route = try ControllerRoute(destination, entry: item.entry, problems: &found)
                problems += found.map { "\(item.id): \($0)" }
                let key = ControllerRoutes.Key(table.instance, destination)
                if inputs.routes.announced(key, route, by: controller.name, name: item.id) { needsPlan = true }
            } catch {
                problems.append("\(item.id): \(error)")
            }
        }
        for name in event.retracts {
            do throws(ReceivedRouteError) {
                guard let destination = try RouteDestination(item: name, table.family) else { continue }
                let key = ControllerRoutes.Key(table.instance, destination)
                if inputs.routes.retracted(key, by: controller.name, name: name) { needsPlan = true }
            } catch {
                problems.append("\(name): \(error)")
            }
        }
        counters.badRoutes += problems.count
        for problem in problems.prefix(Self.mostProblems) {
            log(.warning, "control node \(controller.name), table \(table): \(problem)")
        }
        if problems.count > Self.mostProblems { log(.warning, "and \(problems.count - Self.mostProblems) more like these") }
    }

    /// How many problems of one event are logged.
    private static let mostProblems = 5

    /// A control node has said all its routes.
    ///
    /// - Parameter reason: why it is taken to have done so, if it did not say it.
    mutating func completeRoutes(_ session: Int, _ reason: String?, _ now: UInt64) {
        guard let controller = controllers[session], !controller.isComplete else { return }
        guard sessions.statements.isComplete else {
            deadlines[.routes(session: session)] = now + options.timing.routesLimit
            return
        }
        deadlines[.routes(session: session)] = nil
        controllers[session]?.isComplete = true
        log(.info, "control node \(controller.name) has said its routes" + (reason.map { ": \($0)" } ?? ""))
        inputs.routes.completed(controller.name)
        let connected = Set(controllers.values.map(\.name))
        for name in knownControllers where !connected.contains(name) {
            inputs.routes.forgot(name)
            knownControllers.remove(name)
        }
        needsPlan = true
    }

    // MARK: Configuration

    /// Configuration has no end that is said: it is complete when it has paused.
    mutating func checkConfiguration(_ now: UInt64) {
        deadlines[.configuration] = nil
        guard configuration.isIncomplete, sessions.configurationSource != nil, counters.plans > 0 else { return }
        let timing = options.timing
        var limits = [lastConfiguration + timing.configurationSilence, configurationSince + timing.configurationLimit]
        if isEveryPortConfigured {
            limits += [lastConfiguration + timing.configurationPause, configurationSince + timing.configuredLimit]
        }
        guard let limit = limits.min(), limit <= now else {
            deadlines[.configuration] = limits.min()
            return
        }
        if configuration.completed(&inputs.graph) { needsPlan = true }
        guard !isConfigured else { return }
        isConfigured = true
        needsPlan = true
    }

    private var isEveryPortConfigured: Bool {
        !needsPlan && service.ports.values.allSatisfy { !$0.isLinkUp || plan.addressing[$0.id] != nil }
            && service.registrations.keys.allSatisfy { plan.addressing[$0] != nil }
    }

    // MARK: Saying

    /// Subscriptions and announcements as the plan has them.
    mutating func speak(_ now: UInt64) {
        needsSpeech = false
        let wanted = plan.workloads.union(service.registrations.values.map(\.workload))
        // What was asked for is yet to come.
        if !wanted.isSubset(of: workloads) { lastConfiguration = now }
        for workload in wanted.subtracting(workloads).sorted() {
            let subscription = Subscription.configuration(virtualMachine: workload.description)
            perform(sessions.changeConfiguration { $0.subscribe(configuration: subscription) }, now)
        }
        for workload in workloads.subtracting(wanted).sorted() {
            let subscription = Subscription.configuration(virtualMachine: workload.description)
            perform(sessions.changeConfiguration { $0.unsubscribe(configuration: subscription) }, now)
        }
        workloads = wanted
        for instance in subscriptions.keys.sorted() where plan.subscriptions[instance] == nil {
            subscriptions[instance] = nil
            inputs.routes.dropped(instance: instance)
            perform(sessions.change { $0.unsubscribe(instance: instance) }, now)
        }
        for (instance, vrf) in plan.subscriptions.sorted(by: { $0.key < $1.key }) where subscriptions[instance] != vrf {
            subscriptions[instance] = vrf
            perform(sessions.change { $0.subscribe(instance: instance, id: vrf) }, now)
        }
        // Control nodes remember what the host said before the agent was started; until it has everything again, that is better. A forwarder that was empty
        // forwards nothing that could be interrupted.
        guard isConfigured || !isFrozen else { return }
        let publications = plan.publications
        var announced = announced
        perform(sessions.change { announced.change(to: publications, &$0) }, now)
        self.announced = announced
        if isConfigured { perform(sessions.change { $0.complete() }, now) }
    }
}
