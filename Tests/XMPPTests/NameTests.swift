// Names on the channel: streams, addresses, tables and routes.

import Coding
import Testing
import XMPP

@Suite struct NameTests {
    @Test(
        arguments: [
            ("1/1/default-domain:admin:blue:blue/10.1.1.3/32", RouteFamily.inet, "default-domain:admin:blue:blue", "10.1.1.3/32", nil),
            ("1/1/v/10.1.1.3/32/5", .inet, "v", "10.1.1.3/32", 5),
            ("1/4/v/192.0.2.1/32", .inetLabeled, "v", "192.0.2.1/32", nil),
            ("2/1/v/2001:db8::3/128/0", .inet6, "v", "2001:db8::3/128", 0),
            ("25/242/v/4100-02:00:00:00:00:01,10.1.1.3/32", .ethernet, "v", "4100-02:00:00:00:00:01,10.1.1.3/32", nil),
            (
                "25/242/v/02:00:00:00:00:01,0.0.0.0/32,239.1.1.1,0.0.0.0", .ethernet, "v", "02:00:00:00:00:01,0.0.0.0/32,239.1.1.1,0.0.0.0",
                nil
            ),
            ("25/242/v/ff:ff:ff:ff:ff:ff,0.0.0.0/32/7", .ethernet, "v", "ff:ff:ff:ff:ff:ff,0.0.0.0/32", 7),
            ("1/241/v/255.255.255.255,0.0.0.0", .multicast, "v", "255.255.255.255,0.0.0.0", nil),
            ("1/5/v/232.1.1.1,10.1.1.9", .inetMulticastVPN, "v", "232.1.1.1,10.1.1.9", nil),
        ] as [(String, RouteFamily, String, String, UInt32?)])
    func aRouteNameIsWrittenAsItWasRead(_ text: String, _ family: RouteFamily, _ instance: String, _ prefix: String, _ native: UInt32?) {
        let node = RouteNode(text)
        #expect(node == RouteNode(table: TableNode(family: family, instance: instance), prefix: prefix, nativeInstance: native))
        #expect(node?.description == text)
        #expect(TableNode("\(family.numbers.af)/\(family.numbers.safi)/\(instance)") == node?.table)
    }

    @Test(arguments: [
        "", "1", "1/1", "1/1/", "1/1/v", "1/1/v/", "1/1/v/10.0.0.1", "1/1/v/10.0.0.1/", "1/1/v//32", "01/1/v/10.0.0.1/32",
        "1/1/v/10.0.0.1/32/05", "1/1/v/10.0.0.1/32/-1", "1/1/v/10.0.0.1/32/4294967296", "1/1/v/10.0.0.1/32/1/2", "3/1/v/a/32",
        "0/0/EndOfRib", "1/1//10.0.0.1/32", "25/70/v/m,i/32",
    ])
    func whatIsNoRouteNameIsRefused(_ text: String) { #expect(RouteNode(text) == nil) }

    @Test func aKnownInstanceMayHaveASlashInItsName() {
        let node = RouteNode("1/1/d:p:a/b:a/b/10.0.0.0/8", instance: "d:p:a/b:a/b")
        #expect(node?.table.instance == "d:p:a/b:a/b" && node?.prefix == "10.0.0.0/8")
        #expect(RouteNode("1/1/d:p:c:c/10.0.0.0/8", instance: "d:p:a:a") == nil)
    }

    @Test func aStreamHeaderHasOneForm() throws {
        let header = StreamHeader(from: "compute-1", to: Address.controlNode.name)
        let text =
            "<?xml version='1.0'?><stream:stream from='compute-1' to='network-control@contrailsystems.com' version='1.0' xml:lang='en' "
            + "xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' >"
        #expect(String(decoding: header.bytes, as: UTF8.self) == text)
        let reply = StreamHeader(from: "a", to: "it's <b>", id: "++123", namespace: "edge-1")
        for header in [header, reply] {
            var splitter = StanzaSplitter()
            splitter.append(header.bytes)
            guard case .streamOpening(let tag) = try splitter.next() else {
                Issue.record("no stream in \(String(decoding: header.bytes, as: UTF8.self))")
                continue
            }
            #expect(try StreamHeader(parsing: tag) == header)
        }
        #expect(throws: CodingError.self) { _ = try StreamHeader(parsing: bytes("<stream:stream to='b'>")) }
        #expect(throws: CodingError.self) { _ = try StreamHeader(parsing: bytes("<iq from='a'>")) }
    }

    @Test func addressesDivideAtTheFirstSlash() {
        #expect(Address(text: "a@b/c/d") == Address("a@b", resource: "c/d"))
        #expect(Address(text: "a") == Address("a"))
        #expect(Address.controlNode.with(resource: Address.routes).description == "network-control@contrailsystems.com/bgp-peer")
    }
}
