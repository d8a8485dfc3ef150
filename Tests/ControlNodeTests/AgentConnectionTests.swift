// The control node's end of a connection, event by event.

import Testing
import XMPP

@testable import ControlNodeCore

@Suite struct AgentConnectionTests {
    private let header = StreamHeader(from: "compute-1", to: Address.controlNode.name, namespace: "edge-1")
    private let ended: [AgentConnection.Action] = [.stopTimer(.open), .stopTimer(.tick)]

    @Test func aStreamIsAnsweredAndKeptAlive() {
        var connection = AgentConnection(number: 7, holdSeconds: 9)
        #expect(connection.handle(.accepted) == [.startTimer(.open, seconds: 15)])
        let answer = StreamHeader(from: Address.controlNode.name, to: "compute-1", id: "++7", namespace: "edge-1")
        #expect(
            connection.handle(.received(header.bytes))
                == [.stopTimer(.open), .send(answer.bytes), .startTimer(.tick, seconds: 3), .opened(header)])
        let alive: [AgentConnection.Action] = [.send([0xC8, 0x80]), .startTimer(.tick, seconds: 3)]
        #expect(connection.handle(.timer(.tick)) == alive)
        #expect(connection.handle(.received(Array(" ".utf8))) == [])
        for _ in 0..<3 { #expect(connection.handle(.timer(.tick)) == alive) }
        #expect(connection.handle(.timer(.tick)) == ended + [.close(reason: "nothing heard for 9 s")])
        #expect(connection.handle(.received(Array("<iq/>".utf8))) == [])
    }

    @Test func stanzasOfOnePieceComeInOrderUpToTheFirstWrongOne() {
        var connection = AgentConnection(number: 1)
        let text = "<iq><pubsub><subscribe node='v'/></pubsub></iq>\u{200}<presence/><iq><pubsub/></iq><iq/>"
        let actions = connection.handle(.received(header.bytes + Array(text.utf8)))
        #expect(actions.contains(.stanza(Stanza(from: Address(""), to: Address(""), payload: .subscribe(Subscription(node: "v"))))))
        #expect(actions.contains(.stanza(Stanza(from: Address(""), to: Address(""), payload: .unknown("presence")))))
        guard case .close(let reason)? = actions.last else {
            Issue.record("\(actions)")
            return
        }
        #expect(reason.contains("empty <pubsub>"))
    }

    @Test(arguments: ["GET / HTTP/1.0\r\n", "<iq/>", "<stream:stream>", "</stream:stream>"]) func whatIsNoAgentIsSentAway(_ text: String) {
        var connection = AgentConnection(number: 1)
        _ = connection.handle(.accepted)
        guard case .close? = connection.handle(.received(Array(text.utf8))).last else {
            Issue.record("\(text) is taken for an agent")
            return
        }
        #expect(connection.close("again") == [])
    }

    @Test func silenceAtTheBeginningEndsIt() {
        var connection = AgentConnection(number: 1)
        _ = connection.handle(.accepted)
        #expect(connection.handle(.timer(.open)) == ended + [.close(reason: "no stream within 15 s")])
    }

    @Test func aSecondStreamOrItsEndEndsIt() {
        for text in ["<stream:stream from='x'>", "</stream:stream>"] {
            var connection = AgentConnection(number: 1)
            _ = connection.handle(.received(header.bytes))
            let actions = connection.handle(.received(Array(text.utf8)))
            #expect(actions.count == 3 && actions.starts(with: ended), "\(actions)")
        }
    }
}
