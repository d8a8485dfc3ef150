// Stanzas as values: what is written, what is read, in the forms of other systems too, and what is refused.

import Coding
import Testing
import XMPP

@Suite struct StanzaTests {
    @Test(arguments: Example.all) func aStanzaHasOneForm(_ example: Example) throws {
        #expect(String(decoding: example.stanza.bytes, as: UTF8.self) == example.text)
        #expect(try Stanza(parsing: bytes(example.text)) == example.stanza)
    }

    @Test func quotesBlanksAndShortTagsOfOthersAreUnderstood() throws {
        let text = """
            <iq type='set' from='compute-1' to='network-control@contrailsystems.com/bgp-peer' id='subscribe1'>
              <pubsub xmlns='http://jabber.org/protocol/pubsub'>
                <subscribe node='a:b:c:c'/>
                <options><instance-id> 3 </instance-id><extra><deep/></extra></options>
              </pubsub>
            </iq>
            """
        let stanza = try Stanza(parsing: bytes(text))
        #expect(stanza.payload == .subscribe(Subscription(node: "a:b:c:c", instanceID: 3)))
        #expect(stanza.to.resource == Address.routes && stanza.from == agent)
    }

    @Test(arguments: [
        "<message from='a' to='b'><event xmlns='x'><items node='0/0/EndOfRib'></items></event></message>",
        "<message from='a' to='b'><event xmlns='x'/></message>",
        "<iq type='set' from='a' to='b'><pubsub xmlns='x'><publish node='0/0/EndOfRib'/></pubsub></iq>",
    ])
    func endOfRIBIsReadInAllItsForms(_ text: String) throws { #expect(try Stanza(parsing: bytes(text)).payload == .endOfRIB) }

    @Test func aPublicationWithoutItemsOfARouteIsNoEndOfRIB() throws {
        let text = "<iq from='a' to='b'><pubsub><publish node='1/1/a:b:c:c/10.0.0.0/24'/></pubsub></iq>"
        #expect(try Stanza(parsing: bytes(text)).payload == .publish(Publication(node: "1/1/a:b:c:c/10.0.0.0/24", entries: [])))
    }

    @Test func entriesAndPropertiesAreKeptAsTheyStand() throws {
        let odd = "<entry a='1' ><!-- x --><nlri>\n<af>1</af></nlri><x/></entry >"
        let text = "<iq from='a' to='b'><pubsub><publish node='1/1/v/10.0.0.0/8'><item>\n\(odd) </item></publish></pubsub></iq>"
        #expect(try Stanza(parsing: bytes(text)).payload == .publish(Publication(node: "1/1/v/10.0.0.0/8", entries: [bytes(odd)])))
        let config =
            "<iq><config><update><node type='t'><name> n </name><p><a>1</a> <b/></p><q/><r></r></node></update></config></iq>"
        let node = ConfigurationNode(
            type: "t", name: "n",
            properties: [.init(name: "p", content: bytes("<a>1</a> <b/>")), .init(name: "q", content: []), .init(name: "r", content: [])])
        #expect(try Stanza(parsing: bytes(config)).payload == .configuration([.update(.node(node))]))
    }

    @Test(arguments: [
        ("<presence/>", "presence"), ("<iq><ping/></iq>", "ping"), ("<iq/>", "iq"), ("<message><body>hi</body></message>", "body"),
        ("<iq><pubsub><items/></pubsub></iq>", "items"),
    ])
    func whatIsNotKnownIsNamed(_ text: String, _ name: String) throws {
        #expect(try Stanza(parsing: bytes(text)).payload == .unknown(name))
    }

    @Test(arguments: [
        ("<iq><pubsub/></iq>", "empty <pubsub>"),
        ("<iq><pubsub><subscribe/></pubsub></iq>", "<subscribe> without a node"),
        ("<iq><pubsub><subscribe node=''/></pubsub></iq>", "<subscribe> without a node"),
        ("<iq><pubsub><subscribe node='a'/><subscribe node='b'/></pubsub></iq>", "<subscribe> beside another request"),
        ("<iq><pubsub><subscribe node='a'/></pubsub><pubsub><subscribe node='b'/></pubsub></iq>", "second <pubsub>"),
        ("<iq><pubsub><subscribe node='a'/><options><instance-id>-1</instance-id></options></pubsub></iq>", "-1"),
        ("<iq><pubsub><collection node='a'/></pubsub></iq>", "neither <associate> nor <dissociate>"),
        ("<iq><pubsub><collection node='a'><associate/></collection></pubsub></iq>", "<associate> without a node"),
        ("<message><event><items node='1/1/v'><item/></items></event></message>", "<item> without an id"),
        ("<message><event><items node='1/1/v'><item id='x'/></items></event></message>", "one <entry>"),
        ("<message><event><items/></event></message>", "<items> without a node"),
        ("<iq><config><update><node><name>n</name></node></update></config></iq>", "<node> without a type"),
        ("<iq><config><update><node type='t'/></update></config></iq>", "without a name"),
        ("<iq><config><update><link><node type='t'><name>n</name></node></link></update></config></iq>", "joins two nodes"),
        ("<iq><pubsub><subscribe node='a'></pubsub></iq>", "subscribe"),
    ])
    func whatIsWrongIsRefusedInWords(_ text: String, _ words: String) {
        let error = #expect(throws: CodingError.self) { _ = try Stanza(parsing: bytes(text)) }
        #expect(error?.description.contains(words) == true, "\(error.map { "\($0)" } ?? "")")
    }

    /// Any change of one byte gives a value or an error, and a value that was read is written and read as the same.
    @Test(arguments: Example.all) func aDamagedStanzaIsReadOrRefused(_ example: Example) throws {
        let original = bytes(example.text)
        for index in original.indices {
            for byte in [0x00, 0x3C, 0x3E, 0x22, 0x2F, 0x41, 0x80, 0xFF] as [UInt8] {
                var damaged = original
                damaged[index] = byte
                guard let stanza = try? Stanza(parsing: damaged) else { continue }
                #expect(try Stanza(parsing: stanza.bytes).payload == stanza.payload, "byte \(index) is \(byte)")
            }
        }
    }

    @Test func updatesAreDividedWithinTheBoundsOfAStanza() {
        let items = (0..<70).map { RouteEvent.Item(id: "10.0.0.\($0)/32", entry: bytes(entry)) }
        let event = RouteEvent(node: "1/1/v", items: items, retracts: (0..<600).map { "10.1.0.\($0)/32" })
        let parts = event.divided()
        #expect(parts.map(\.retracts.count) == [256, 256, 88, 0, 0, 0])
        #expect(parts.map(\.items.count) == [0, 0, 0, 32, 32, 6])
        #expect(parts.flatMap(\.items) == items && parts.flatMap(\.retracts) == event.retracts)
        let large = (0..<10).map { RouteEvent.Item(id: "\($0)", entry: [UInt8](repeating: 0x20, count: 40 << 10)) }
        #expect(RouteEvent(node: "1/1/v", items: large).divided().map(\.items.count) == [2, 2, 2, 2, 2])
        #expect(RouteEvent(node: "1/1/v").divided().isEmpty)
        let statements = (0..<33).map { ConfigurationStatement.update(.node(ConfigurationNode(type: "t", name: "\($0)"))) }
        #expect(ConfigurationStatement.divided(statements).map(\.count) == [16, 16, 1])
    }

    @Test func aBodyIsMadeOnceForAllReceivers() throws {
        let event = Stanza.Payload.event(RouteEvent(node: "1/1/v", retracts: ["10.0.0.1/32"]))
        let to = agent.with(resource: Address.routes)
        #expect(
            Stanza.message(from: .controlNode, to: to, body: Stanza.body(of: event))
                == Stanza(from: .controlNode, to: to, payload: event).bytes)
    }
}
