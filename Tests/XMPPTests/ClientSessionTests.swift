// The agent's session, event by event, and two of them at once.

import Testing
import XMPP

private let reply = StreamHeader(from: Address.controlNode.name, to: "compute-1", id: "++123")
private let idle: [ClientSession.Action] = ClientSession.Timer.allCases.map { .stopTimer($0) }

private func settings() -> ClientSession.Settings {
    var settings = ClientSession.Settings(name: "compute-1")
    settings.holdSeconds = 9
    return settings
}

@Suite struct ClientSessionTests {
    /// A session that is up.
    private func established() -> ClientSession {
        var session = ClientSession(settings())
        _ = session.handle(.start)
        _ = session.handle(.connected)
        _ = session.handle(.received(reply.bytes))
        return session
    }

    @Test func aSessionComesUp() {
        var session = ClientSession(settings())
        #expect(session.handle(.start) == [.connect, .startTimer(.connect, seconds: 30)])
        #expect(session.state == .connecting)
        let opening = StreamHeader(from: "compute-1", to: Address.controlNode.name)
        #expect(session.handle(.connected) == [.stopTimer(.connect), .send(opening.bytes), .startTimer(.open, seconds: 15)])
        // The answer in two pieces.
        #expect(session.handle(.received(Array(reply.bytes.prefix(40)))) == [])
        #expect(
            session.handle(.received(Array(reply.bytes.dropFirst(40))))
                == [.stopTimer(.open), .established(reply), .startTimer(.tick, seconds: 3)])
        #expect(session.state == .established)
        // Late timers and a second start mean nothing.
        #expect(session.handle(.timer(.open)) == [])
        #expect(session.handle(.timer(.connect)) == [])
        #expect(session.handle(.start) == [])
    }

    @Test func signsOfLifeKeepItUpAndSilenceEndsIt() {
        var session = established()
        let alive: [ClientSession.Action] = [.send([0xC8, 0x80]), .startTimer(.tick, seconds: 3)]
        #expect(session.handle(.timer(.tick)) == alive)
        #expect(session.handle(.timer(.tick)) == alive)
        #expect(session.handle(.received([0xC8, 0x80])) == [])
        #expect(session.handle(.timer(.tick)) == alive)
        #expect(session.handle(.timer(.tick)) == alive)
        #expect(session.handle(.timer(.tick)) == alive)
        #expect(
            session.handle(.timer(.tick))
                == idle + [.close, .lost(reason: "nothing heard for 9 s"), .startTimer(.retry, seconds: 1)])
        #expect(session.state == .waiting)
    }

    @Test func waitsGrowUpToABoundAndStartAnewAfterASession() {
        var session = ClientSession(settings())
        _ = session.handle(.start)
        for wait in [1.0, 2, 4, 8, 16, 30, 30] {
            #expect(session.handle(.closed(reason: "refused")) == idle + [.lost(reason: "refused"), .startTimer(.retry, seconds: wait)])
            #expect(session.handle(.timer(.retry)) == [.connect, .startTimer(.connect, seconds: 30)])
        }
        #expect(
            session.handle(.timer(.connect), jitter: 1).suffix(3)
                == [.close, .lost(reason: "no connection within 30 s"), .startTimer(.retry, seconds: 33)])
        _ = session.handle(.timer(.retry))
        _ = session.handle(.connected)
        _ = session.handle(.received(reply.bytes))
        #expect(session.handle(.closed(reason: "reset"), jitter: -1).last == .startTimer(.retry, seconds: 0.9))
    }

    @Test func stanzasAreHandedOn() {
        var session = established()
        let example = Example.all[6]
        #expect(session.handle(.received(bytes(" \u{200}" + example.text))) == [.stanza(example.stanza)])
    }

    @Test(arguments: [
        ("HTTP/1.1 400", "a stanza begins with '<'"), ("<iq><pubsub/></iq>", "empty <pubsub>"), ("</stream:stream>", "closed the stream"),
        ("<stream:stream from='x'>", "second opening"),
    ])
    func whatIsWrongEndsTheSessionInWords(_ text: String, _ words: String) {
        var session = established()
        let actions = session.handle(.received(bytes(text)))
        #expect(actions.contains(.close))
        #expect(actions.contains { if case .lost(let reason) = $0 { reason.contains(words) } else { false } }, "\(actions)")
        #expect(session.state == .waiting)
        // What still arrives on the connection is nobody's.
        #expect(session.handle(.received(bytes("<iq/>"))) == [])
        #expect(session.handle(.closed(reason: "closed")) == [])
    }

    @Test func aStanzaBeforeTheStreamIsRefused() {
        var session = ClientSession(settings())
        _ = session.handle(.start)
        _ = session.handle(.connected)
        let actions = session.handle(.received(bytes("<iq/>")))
        #expect(actions.contains(.lost(reason: "a stanza before the stream was opened")))
        _ = session.handle(.timer(.retry))
        _ = session.handle(.connected)
        #expect(session.handle(.timer(.open)).contains(.lost(reason: "no stream within 15 s")))
    }

    @Test func stoppingEndsEverything() {
        var session = established()
        #expect(session.handle(.stop) == idle + [.close, .lost(reason: "stopped")])
        #expect(session.handle(.stop) == [])
        #expect(session.handle(.timer(.retry)) == [])
        #expect(session.state == .stopped)
        #expect(session.handle(.start).first == .connect)
    }
}

@Suite struct ControlNodeSessionsTests {
    private let node = RouteNode("1/1/d:p:v:v/10.0.0.1/32")
    private let router = Subscription.configuration(virtualRouter: "default-global-system-config:compute-1")

    private func sessions(_ servers: [String] = ["a:5269", "b:5269", "c:5269"]) -> ControlNodeSessions {
        ControlNodeSessions(servers: servers, settings: settings())
    }

    /// What was sent to a session, as payloads.
    private func sent(_ actions: [ControlNodeSessions.Action], to index: Int) throws -> [Stanza.Payload] {
        try actions.compactMap { action in
            guard case .session(index, .send(let bytes)) = action, bytes.starts(with: Array("<iq".utf8) + [0x20]) || isMessage(bytes) else {
                return nil
            }
            return try Stanza(parsing: bytes).payload
        }
    }
    private func isMessage(_ bytes: [UInt8]) -> Bool { bytes.starts(with: Array("<message".utf8)) }

    private func bringUp(_ sessions: inout ControlNodeSessions, _ index: Int) -> [ControlNodeSessions.Action] {
        _ = sessions.handle(.connected, session: index)
        return sessions.handle(.received(reply.bytes), session: index)
    }

    @Test func bothSessionsAreToldOfRoutesAndOneOfConfiguration() throws {
        let node = try #require(node)
        var sessions = sessions()
        #expect(
            sessions.start().filter { if case .connect = $0 { true } else { false } }
                == [.connect(session: 0, server: "a:5269"), .connect(session: 1, server: "b:5269")])
        #expect(sessions.changeConfiguration { $0.subscribe(configuration: router) }.isEmpty)
        #expect(sessions.change { $0.announce(node, entry: bytes(entry)) }.isEmpty)
        #expect(sessions.change { $0.subscribe(instance: "d:p:v:v", id: 3) }.isEmpty)
        let announcement: [Stanza.Payload] = [
            .publish(Publication(node: node.description, entries: [bytes(entry)])),
            .associate(instance: "d:p:v:v", node: node.description),
        ]
        let subscription = Stanza.Payload.subscribe(Subscription(node: "d:p:v:v", instanceID: 3))
        let up = bringUp(&sessions, 1)
        #expect(try sent(up, to: 1) == [subscription] + announcement + [.endOfRIB, .subscribe(router)])
        #expect(up.contains(.configurationSource(1)) && sessions.configurationSource == 1)
        #expect(try sent(bringUp(&sessions, 0), to: 0) == [subscription] + announcement + [.endOfRIB])
        // A change goes to both, a change of configuration to one.
        let withdrawal = sessions.change { $0.withdraw(node) }
        for index in [0, 1] {
            #expect(
                try sent(withdrawal, to: index)
                    == [announcement[0], .dissociate(instance: "d:p:v:v", node: node.description)])
        }
        let machine = Subscription.configuration(virtualMachine: "9b2f")
        let change = sessions.changeConfiguration { $0.subscribe(configuration: machine) }
        #expect(try sent(change, to: 1) == [.subscribe(machine)] && sent(change, to: 0).isEmpty)
        // The other takes over, and is told everything.
        let loss = sessions.handle(.closed(reason: "reset"), session: 1)
        #expect(loss.contains(.configurationSource(0)))
        #expect(try sent(loss, to: 0) == [.subscribe(router), .subscribe(machine)])
        #expect(sessions.handle(.closed(reason: "reset"), session: 0).contains(.configurationSource(nil)))
    }

    @Test func aLostServerMakesRoomForOneThatIsNotInUse() {
        var sessions = sessions()
        _ = sessions.start()
        _ = sessions.handle(.closed(reason: "refused"), session: 0)
        #expect(sessions.handle(.timer(.retry), session: 0).first == .connect(session: 0, server: "c:5269"))
        _ = sessions.handle(.closed(reason: "refused"), session: 1)
        #expect(sessions.handle(.timer(.retry), session: 1).first == .connect(session: 1, server: "a:5269"))
        // With no spare server, the same again.
        var single = self.sessions(["a:5269"])
        #expect(single.start().first == .connect(session: 0, server: "a:5269"))
        _ = single.handle(.closed(reason: "refused"), session: 0)
        #expect(single.handle(.timer(.retry), session: 0).first == .connect(session: 0, server: "a:5269"))
        #expect(single.handle(.start, session: 7).isEmpty)
    }

    @Test func sayingTheSameTwiceSaysNothing() throws {
        let node = try #require(node)
        var statements = AgentStatements()
        #expect(statements.subscribe(instance: "d:p:v:v", id: 3).count == 1)
        #expect(statements.subscribe(instance: "d:p:v:v", id: 3).isEmpty)
        #expect(statements.announce(node, entry: bytes(entry)).count == 2)
        #expect(statements.announce(node, entry: bytes(entry)).isEmpty)
        #expect(statements.announce(node, entry: bytes("<entry/>")).count == 2)
        // Another identifier: the subscription is made anew, with its routes.
        #expect(
            statements.subscribe(instance: "d:p:v:v", id: 4)
                == [
                    .unsubscribe(Subscription(node: "d:p:v:v", instanceID: 3)), .subscribe(Subscription(node: "d:p:v:v", instanceID: 4)),
                    .publish(Publication(node: node.description, entries: [bytes("<entry/>")])),
                    .associate(instance: "d:p:v:v", node: node.description),
                ])
        #expect(statements.routeCount == 1)
        #expect(statements.unsubscribe(instance: "d:p:v:v").count == 1)
        #expect(statements.unsubscribe(instance: "d:p:v:v").isEmpty && statements.withdraw(node).isEmpty)
        #expect(statements.routesFromTheBeginning() == [.endOfRIB])
    }

    @Test func identifiersSayWhatAStanzaIsAbout() {
        for (payload, id, resource) in [
            (Stanza.Payload.subscribe(Subscription(node: "v", instanceID: 1)), "subscribe7", Address.routes),
            (.subscribe(router), "subscribe7", Address.configuration),
            (.publish(Publication(node: "25/242/v/m,i/32", entries: [])), "pubsub_l27", Address.routes),
            (.associate(instance: "v", node: "1/241/v/g,s"), "collection_b7", Address.routes),
            (.dissociate(instance: "v", node: "2/1/v/::/0"), "collection7", Address.routes),
        ] {
            let stanza = Stanza.fromAgent("compute-1", payload, number: 7)
            #expect(stanza.id == id && stanza.to == Address.controlNode.with(resource: resource))
        }
    }
}
