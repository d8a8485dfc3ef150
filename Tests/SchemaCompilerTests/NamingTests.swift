// Every spelling that is derived from a noun of the schema, for the nouns that are hard: capitals, low lines, digits, reserved words.

import Testing

@testable import SchemaCompiler

@Suite struct NamingTests {
    struct Spelled: CustomTestStringConvertible, Sendable {
        let noun, json, swiftType, swiftMember, pythonClass, pythonMember, c: String
        var testDescription: String { noun }
    }

    @Test(arguments: [
        Spelled(
            noun: "virtual-network", json: "virtual_network", swiftType: "VirtualNetwork", swiftMember: "virtualNetwork",
            pythonClass: "VirtualNetwork", pythonMember: "virtual_network", c: "virtual_network"),
        Spelled(
            noun: "virtual-DNS-record", json: "virtual_DNS_record", swiftType: "VirtualDnsRecord", swiftMember: "virtualDnsRecord",
            pythonClass: "VirtualDnsRecord", pythonMember: "virtual_DNS_record", c: "virtual_dns_record"),
        Spelled(
            noun: "bgp-as-a-service", json: "bgp_as_a_service", swiftType: "BgpAsAService", swiftMember: "bgpAsAService",
            pythonClass: "BgpAsAService", pythonMember: "bgp_as_a_service", c: "bgp_as_a_service"),
        Spelled(
            noun: "and_list", json: "and_list", swiftType: "AndList", swiftMember: "andList", pythonClass: "AndList",
            pythonMember: "and_list", c: "and_list"),
        Spelled(
            noun: "VirtualNetworkType", json: "VirtualNetworkType", swiftType: "VirtualNetworkType", swiftMember: "virtualNetworkType",
            pythonClass: "Virtualnetworktype", pythonMember: "VirtualNetworkType", c: "virtualnetworktype"),
        Spelled(
            noun: "e2-service", json: "e2_service", swiftType: "E2Service", swiftMember: "e2Service", pythonClass: "E2Service",
            pythonMember: "e2_service", c: "e2_service"),
        Spelled(
            noun: "default", json: "default", swiftType: "Default", swiftMember: "`default`", pythonClass: "Default",
            pythonMember: "default", c: "default"),
        Spelled(
            noun: "from", json: "from", swiftType: "From", swiftMember: "from", pythonClass: "From", pythonMember: "from_", c: "from"),
        Spelled(
            noun: "MAC", json: "MAC", swiftType: "MAC", swiftMember: "mac", pythonClass: "Mac", pythonMember: "MAC", c: "mac"),
        Spelled(
            noun: "a--b", json: "a__b", swiftType: "AB", swiftMember: "aB", pythonClass: "AB", pythonMember: "a__b", c: "a_b"),
        Spelled(noun: "x-", json: "x_", swiftType: "X", swiftMember: "x", pythonClass: "X", pythonMember: "x_", c: "x"),
    ])
    func nounsOfTheSchema(_ spelled: Spelled) {
        #expect(Naming.jsonKey(spelled.noun) == spelled.json)
        #expect(Naming.swiftType(spelled.noun) == spelled.swiftType)
        #expect(Naming.swiftMember(spelled.noun) == spelled.swiftMember)
        #expect(Naming.pythonClass(spelled.noun) == spelled.pythonClass)
        #expect(Naming.pythonMember(spelled.noun) == spelled.pythonMember)
        #expect(Naming.cIdentifier(spelled.noun) == spelled.c)
    }

    @Test func pathsAndFieldsAreSpelledAsClientsBuildThem() {
        #expect(Naming.collection("network-policy") == "network-policys")
        #expect(Naming.collection("alias-ip") == "alias-ips")
        #expect(Naming.collection("config-properties") == "config-propertiess")
        #expect(Naming.referenceField(to: "virtual-DNS") == "virtual_DNS_refs")
        #expect(Naming.backReferenceField(from: "virtual-network") == "virtual_network_back_refs")
        #expect(Naming.childField("routing-instance") == "routing_instances")
    }

    /// Enumeration values are free text.
    @Test(arguments: [
        ("l2", "l2"), ("l2_l3", "l2L3"), ("in-network", "inNetwork"), ("in", "`in`"), ("", "empty"), ("-", "empty"), ("<>", "lessGreater"),
        ("not in", "notIn"), ("10.1", "_101"), ("==", "equalEqual"), ("*", "any"), ("init", "initial"), ("self", "`self`"), ("TCP", "tcp"),
        ("1:1", "_11"), ("é", "ue9"),
    ])
    func valuesOfEnumerations(_ value: String, _ name: String) { #expect(Naming.swiftCase(value) == name) }

    @Test func slipsAreRecognised() {
        let names = ["virtual-network", "virtual-router", "network-policy", "tag"]
        #expect(Spelling.nearest("virtual-netwrok", in: names) == "virtual-network")
        #expect(Spelling.nearest("Virtual-Network", in: names) == "virtual-network")
        #expect(Spelling.nearest("tga", in: names) == "tag")
        #expect(Spelling.nearest("firewall", in: names) == nil)
        // Of equally near ones the first in the alphabet, in whatever order they are listed.
        #expect(Spelling.nearest("aac", in: ["aab", "aaa"]) == "aaa")
        #expect(Spelling.suggestion(for: "netwrok", in: ["network"]) == "did you mean network?")
        #expect(Spelling.distance("kitten", "sitting") == 3)
        #expect(Spelling.distance("ab", "ba") == 1)
        #expect(Spelling.distance("", "abc") == 3)
    }
}
