// Name servers and their records.

import Coding
import Testing

@testable import ConfigServerCore

@Suite struct VirtualDNSRuleTests {
    var server = TestServer()

    private static func data(_ domain: String = "example.org", _ more: String = "") -> String {
        "\"virtual_DNS_data\": {\"domain_name\": \"\(domain)\"\(more.isEmpty ? "" : ", " + more)}"
    }

    @Test(arguments: [
        ("dns", "exa mple.org", "", 403, "Domain name does not adhere to DNS name requirements"),
        ("dns", "-a.org", "", 403, "Domain name does not adhere"), ("dns", "a..org", "", 403, "Domain name does not adhere"),
        ("d_ns", "a.org", "", 403, "Special characters are not allowed in Virtual DNS server name"),
        ("dns", "a.org", #""default_ttl_seconds": -1"#, 400, "Invalid value for TTL"),
        ("dns", "a.org", #""default_ttl_seconds": 2147483648"#, 400, "Invalid value for TTL"),
        ("dns", "a.org", #""next_virtual_DNS": "default-domain:none""#, 400, "Invalid Virtual Forwarder"),
        ("dns", "a.org", #""next_virtual_DNS": "2001:db8::1""#, 400, "Invalid Virtual Forwarder"),
    ]) mutating func refusesServers(name: String, domain: String, more: String, status: Int, text: String) {
        server.expectNotCreated("virtual-DNS", ["default-domain", name], Self.data(domain, more), status: status, text)
    }

    @Test mutating func serversAskOthers() {
        let first = server.create("virtual-DNS", ["default-domain", "first"], Self.data("a.org.", #""next_virtual_DNS": "10.0.0.1""#))
        let second = server.create(
            "virtual-DNS", ["default-domain", "second"], Self.data("b.org", #""next_virtual_DNS": "default-domain:first""#))
        server.expectNotChanged(
            "virtual-DNS", first, Self.data("a.org", #""next_virtual_DNS": "default-domain:second""#), status: 403,
            "Cannot have Virtual DNS Servers referring to each other")
        server.expectRefused(.delete, "/virtual-DNS/\(first)", status: 403, "referred by other virtual DNS servers")
        #expect(server.send(.delete, "/virtual-DNS/\(second)").status == 200)
        #expect(server.send(.delete, "/virtual-DNS/\(first)").status == 200)
    }

    private static func record(_ type: String, _ name: String, _ value: String, _ more: String = "") -> String {
        """
        "virtual_DNS_record_data": {"record_type": "\(type)", "record_class": "IN", "record_name": "\(name)", "record_data": "\(value)"\(more)}
        """
    }

    @Test(arguments: [
        ("A", "host", "10.0.0.1"), ("AAAA", "host.a", "2001:db8::1"), ("CNAME", "alias", "host.example.org"), ("PTR", "10.0.0.1", "host"),
        ("PTR", "1.0.0.10.in-addr.arpa", "host"), ("NS", "sub", "default-domain:dns"), ("NS", "sub", "10.0.0.2"), ("MX", "mail", "host"),
    ]) mutating func acceptsRecords(type: String, name: String, value: String) {
        _ = server.create("virtual-DNS", ["default-domain", "dns"], Self.data())
        #expect(!server.create("virtual-DNS-record", ["default-domain", "dns", "r"], Self.record(type, name, value)).isEmpty)
    }

    @Test(arguments: [
        (record("A", "host", "2001:db8::1"), "Invalid IP address"), (record("AAAA", "host", "10.0.0.1"), "Invalid IPv6 address"),
        (record("A", "ho st", "10.0.0.1"), "Record name does not adhere"), (record("PTR", "host", "host"), "PTR Record name has to be"),
        (record("CNAME", "a", "b_c"), "Record data does not adhere"), (record("NS", "a", "b:c"), "Invalid virtual dns server"),
        (record("A", "a", "10.0.0.1", ", \"record_ttl_seconds\": -5"), "Invalid value for TTL"),
        (record("MX", "a", "b", ", \"record_mx_preference\": 65536"), "Invalid value for MX record preference"),
    ]) mutating func refusesRecords(members: String, text: String) {
        _ = server.create("virtual-DNS", ["default-domain", "dns"], Self.data())
        server.expectNotCreated("virtual-DNS-record", ["default-domain", "dns", "r"], members, status: 403, text)
    }
}
