// The forwarder: greeting it, reading what it has, bringing that in line with the plan, and keeping it so.

import Attributes
import ForwarderMessages
import NetworkTypes

extension AgentEngine {
    // MARK: The connection

    mutating func forwarderConnected(_ now: UInt64) {
        link.disconnect()
        link.phase = .greeting
        guard let hello = try? HelloMessage(sender: .agent, build: options.build).attributes() else {
            return log(.error, "the forwarder is not greeted: the name of this build, '\(options.build)', does not fit into the message")
        }
        link.request(HelloMessage.command, hello, .greeting)
    }

    mutating func forwarderLost(_ reason: String, _ now: UInt64) {
        let wait = min(options.timing.firstConnect << min(link.attempts, 16), options.timing.longestConnect)
        // Said once, not every time that a forwarder which is not there is tried.
        let wasConnected = if case .disconnected = link.phase { false } else { true }
        let what = wasConnected ? "the connection to the forwarder is lost" : "the forwarder cannot be reached yet"
        log(link.attempts == 0 ? .warning : .debug, "\(what): \(reason)")
        link.attempts += 1
        link.disconnect()
        deadlines[.forwarderSilence] = nil
        deadlines[.retry] = nil
        deadlines[.flows] = nil
        actions.append(.connectForwarder(afterMilliseconds: wait))
    }

    /// What the forwarder says makes no sense: the connection is given up.
    mutating func dropForwarder(_ reason: String, _ now: UInt64) { forwarderLost(reason, now) }

    /// While answers are awaited the forwarder is to say something.
    mutating func watchForwarder(_ now: UInt64) {
        if link.waitingCount == 0 {
            deadlines[.forwarderSilence] = nil
        } else if deadlines[.forwarderSilence] == nil {
            deadlines[.forwarderSilence] = now + options.timing.forwarderSilence
        }
    }

    mutating func forwarderReceived(_ bytes: [UInt8], _ now: UInt64) {
        if case .disconnected = link.phase { return }
        deadlines[.forwarderSilence] = nil
        do throws(ForwarderStreamError) {
            for event in try link.dialogue.received(bytes) {
                switch event {
                case .answered(let number, let answer): try take(answer, number, now)
                case .event(let frame): take(frame)
                }
            }
        } catch {
            dropForwarder(error.description, now)
        }
    }

    /// Something that nobody asked for: a device came or went.
    private mutating func take(_ frame: ForwarderFrame) {
        guard frame.command == InterfaceMessage.command, let message = try? InterfaceMessage(attributes: frame.attributes),
            let index = message.index
        else { return }
        link.links[index] = message.linkUp
    }

    private mutating func take(_ answer: ForwarderAnswer, _ number: UInt32, _ now: UInt64) throws(ForwarderStreamError) {
        switch link.purpose(of: number) {
        case .greeting: try greeted(answer, now)
        case .reading: try read(answer, now)
        case .entry(let request): entryAnswered(request, answer, now)
        case .reverseFlow(let key): reverseFlowAnswered(key, answer, now)
        case .flow(let key): if answer.error != 0 { perform(flows.refused(key, at: now)) }
        case .flows: try flowsAnswered(answer, now)
        case .flowOfFragment(let interface, let vrf): fragmentAnswered(interface, vrf, answer, now)
        // It is gone already, or another flow's: either is well.
        case .flowDeletion, nil: break
        }
    }

    // MARK: Beginning

    private mutating func greeted(_ answer: ForwarderAnswer, _ now: UInt64) throws(ForwarderStreamError) {
        guard answer.error == 0, let bytes = answer.entries.first else {
            throw ForwarderStreamError("the forwarder does not greet: \(answer.explanation ?? "error \(answer.error)")")
        }
        let hello: HelloMessage
        do throws(AttributeError) {
            hello = try HelloMessage(attributes: bytes)
        } catch {
            throw ForwarderStreamError("the forwarder's greeting cannot be read: \(error)")
        }
        if let limits = hello.limits { fit(limits) }
        if let old = link.instance, old != hello.instance {
            log(.warning, "the forwarder was started anew")
            perform(flows.reset(at: now))
        }
        link.instance = hello.instance
        link.generation = (hello.generation ?? 0) &+ 1
        flows.generation = link.generation
        link.phase = .reading(TableReading())
        log(.info, "connected to the forwarder \(hello.build ?? "")")
        try continueReading(now)
    }

    /// Numbers are below what the forwarder's tables hold.
    private mutating func fit(_ limits: TableLimits) {
        let standard = AgentIndexes()
        var sized = AgentIndexes(
            interfaces: limits.interfaces ?? standard.interfaces.range.upperBound + 1,
            vrfs: limits.vrfs ?? standard.vrfs.range.upperBound + 1,
            nextHops: limits.nextHops ?? standard.nextHops.range.upperBound + 1,
            labels: limits.labels ?? standard.labels.range.upperBound + 1)
        guard sized.ranges != indexes.ranges else { return }
        do {
            try sized.restore(indexes.file)
            indexes = sized
        } catch {
            // What was just written is read again.
            log(.error, "numbers cannot be fitted to the forwarder's tables: \(error)")
        }
    }

    private mutating func read(_ answer: ForwarderAnswer, _ now: UInt64) throws(ForwarderStreamError) {
        guard case .reading(var reading) = link.phase else { return }
        try reading.take(answer)
        link.phase = .reading(reading)
        try continueReading(now)
    }

    private mutating func continueReading(_ now: UInt64) throws(ForwarderStreamError) {
        guard case .reading(let reading) = link.phase else { return }
        if let (command, attributes) = reading.next() {
            link.request(command, attributes, .reading)
            return
        }
        link.actual = reading.tables
        link.links = reading.links
        link.phase = .running
        link.attempts = 0
        link.refusals = [:]
        let isEmpty = link.actual.keys.allSatisfy { $0 == .vrf(0) }
        if !link.isKnown {
            isFrozen = !isEmpty && !isSettled
            if isFrozen {
                log(.info, "the forwarder has an earlier agent's tables; they stay until configuration and routes have arrived")
                adoptNeighbours()
            }
        } else if isEmpty {
            isFrozen = false
        }
        link.isKnown = true
        needsDifference = true
    }

    /// MAC addresses in the underlay that the earlier agent found: until others are heard, packets go on to where they went.
    private mutating func adoptNeighbours() {
        let network = IPv4Prefix(options.host.address, length: options.host.prefixLength)
        for case .nextHop(let nextHop) in link.actual.values.map(\.message) {
            guard nextHop.type == .tunnel, let destination = nextHop.destinationIpv4, let encapsulation = nextHop.encapsulation,
                let mac = MACAddress(bytes: encapsulation.prefix(6))
            else { continue }
            let neighbour = network.contains(destination) ? destination : options.host.gateway ?? destination
            inputs.neighbours[neighbour] = mac
        }
    }

    // MARK: Tables

    mutating func sendDifference(_ now: UInt64) {
        guard needsDifference, link.isRunning, !isFrozen, !needsPlan, link.unansweredEntries == 0 else { return }
        needsDifference = false
        deadlines[.retry] = nil
        link.isRefusing = false
        let requests = Difference.requests(from: link.actual, to: plan.tables, generation: link.generation)
        counters.requests += requests.count
        for request in requests { link.request(request.command, request.attributes, .entry(request)) }
        if requests.isEmpty { tablesWritten(now) }
    }

    private mutating func entryAnswered(_ request: ForwarderRequest, _ answer: ForwarderAnswer, _ now: UInt64) {
        // Deleting what does not exist was what was wanted.
        if answer.error == 0 || request.operation == .delete && answer.error == ForwarderErrno.missing {
            request.apply(to: &link.actual)
            if let key = request.key { link.refusals[key] = nil }
        } else if let key = request.key {
            counters.refusals += 1
            link.isRefusing = true
            let reason = "\(request.operation) \(key): \(answer.explanation ?? "error \(answer.error)")"
            // What is refused again and again is said once.
            if link.refusals.updateValue(reason, forKey: key) != reason { log(.warning, "the forwarder refuses \(reason)") }
        }
        if link.unansweredEntries == 0 { tablesWritten(now) }
    }

    private mutating func tablesWritten(_ now: UInt64) {
        if link.isRefusing {
            let wait = min(options.timing.firstRetry << min(link.retries, 16), options.timing.longestRetry)
            link.retries += 1
            deadlines[.retry] = now + wait
        } else {
            link.retries = 0
            link.refusals = [:]
        }
        guard !link.hasAdoptedFlows, link.flowReading == nil else { return }
        link.flowReading = ForwarderLink.FlowReading(isAdoption: true, begun: now)
        askForFlows(nil)
    }

    // MARK: Flows

    mutating func perform(_ flowActions: [FlowTable.Action]) {
        for action in flowActions {
            switch action {
            case .send(let request):
                guard link.isRunning else { continue }
                let purpose: ForwarderLink.Purpose =
                    if let key = request.reverseOf { .reverseFlow(of: key) } else if let pair = request.pair { .flow(pair) } else {
                        .flowDeletion
                    }
                link.request(FlowMessage.command, request.attributes, purpose)
            case .ended: counters.flowsEnded += 1
            }
        }
    }

    private mutating func reverseFlowAnswered(_ key: FlowKeyed, _ answer: ForwarderAnswer, _ now: UInt64) {
        guard answer.error == 0, let bytes = answer.entries.first, let message = try? FlowMessage(attributes: bytes),
            let index = message.index, let incarnation = message.incarnation
        else {
            log(.debug, "the forwarder refuses the other direction of a flow: \(answer.explanation ?? "error \(answer.error)")")
            perform(flows.refused(key, at: now))
            return
        }
        perform(flows.placed(key, index: index, incarnation: incarnation))
    }

    /// The plan has changed, and the tables with it.
    mutating func reviewFlows(_ now: UInt64) {
        guard !changedVRFs.isEmpty, link.isRunning, !isFrozen, !needsDifference else { return }
        perform(flows.planChanged(plan, in: changedVRFs, at: now))
        changedVRFs = []
    }

    /// Flows are read when the tables have been, and again from time to time.
    mutating func beginFlowReading(_ now: UInt64) {
        guard link.isRunning, !isFrozen, link.hasAdoptedFlows, link.flowReading == nil else { return }
        link.flowReading = ForwarderLink.FlowReading(isAdoption: false, begun: now)
        askForFlows(nil)
    }

    private mutating func askForFlows(_ cursor: [UInt8]?) {
        guard let attributes = try? FlowMessage(operation: .dump, cursor: cursor).attributes() else { return }
        link.request(FlowMessage.command, attributes, .flows)
    }

    private mutating func flowsAnswered(_ answer: ForwarderAnswer, _ now: UInt64) throws(ForwarderStreamError) {
        guard var reading = link.flowReading else { return }
        guard answer.error == 0 else {
            throw ForwarderStreamError("the forwarder does not tell its flows: \(answer.explanation ?? "error \(answer.error)")")
        }
        for bytes in answer.entries {
            guard let message = try? FlowMessage(attributes: bytes) else {
                throw ForwarderStreamError("the forwarder told a flow that cannot be read")
            }
            if reading.isAdoption { reading.found.append(message) } else { perform(flows.observed(message, at: now)) }
        }
        link.flowReading = reading
        if let cursor = answer.cursor {
            askForFlows(cursor)
            return
        }
        link.flowReading = nil
        if reading.isAdoption {
            link.hasAdoptedFlows = true
            perform(flows.adopt(reading.found, readSince: reading.begun, plan, at: now))
        } else {
            perform(flows.tick(at: now))
        }
        deadlines[.flows] = now + options.timing.flowReading
    }
}

/// Errors of the forwarder that mean something to the agent: positive errnos of Linux.
enum ForwarderErrno {
    static let missing: UInt32 = 2
}

extension AgentIndexes {
    var ranges: [ClosedRange<UInt32>] { [interfaces.range, vrfs.range, nextHops.range, labels.range] }
}
