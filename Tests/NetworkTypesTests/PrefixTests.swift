// Prefixes of both families: normal form, containment against a slow definition, and their bytes in BGP.

import NetworkTypes
import Testing

@Suite struct PrefixTests {
    @Test(arguments: [
        ("10.1.2.3/8", "10.0.0.0/8"), ("10.1.2.3/32", "10.1.2.3/32"), ("10.1.2.3/0", "0.0.0.0/0"), ("192.0.2.255/25", "192.0.2.128/25"),
        ("2001:db8::1/32", "2001:db8::/32"), ("::1/128", "::1/128"), ("ffff::/0", "::/0"), ("2001:db8:0:ffff::/63", "2001:db8:0:fffe::/63"),
        ("2001:db8::8000:0:0:1/65", "2001:db8:0:0:8000::/65"), ("::ffff/104", "::/104"),
    ])
    func dropsBitsBehindTheLength(text: String, canonical: String) throws {
        let prefix = try IPPrefix(parsing: text)
        #expect(prefix.description == canonical)
        try expectTextSurvives(prefix)
    }

    @Test(arguments: [
        "", "/", "/8", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/08", "10.0.0.0/8/8", "10.0.0/8",
        "10.0.0.0/255.0.0.0",
        "10.0.0.0/8 ", "10.0.0.0 /8", "2001:db8::", "2001:db8::/129", "2001:db8:/32", "fe80::%1/64", "a/8",
    ])
    func refuses(text: String) { refusal(of: text, as: IPPrefix.self) }

    @Test func saysWhatIsWrong() {
        #expect(refusal(of: "10.0.0.0", as: IPv4Prefix.self)?.hint == "append one; /32 means a single address")
        #expect(refusal(of: "10.0.0/8", as: IPv4Prefix.self)?.problem == "\"10.0.0\" is not an IPv4 address: it has 3 numbers instead of 4")
        #expect(refusal(of: "10.0.0.0/33", as: IPv4Prefix.self)?.problem == "the prefix length \"33\" is greater than 32")
        #expect(refusal(of: "10.0.0.0/8", as: IPv6Prefix.self)?.problem.contains("not an IPv6 address") == true)
        #expect(refusal(of: "::/8", as: IPv4Prefix.self) != nil)
    }

    @Test func givesFirstLastAndHosts() throws {
        let prefix = try IPv4Prefix(parsing: "192.0.2.64/26")
        #expect(prefix.first.description == "192.0.2.64")
        #expect(prefix.last.description == "192.0.2.127")
        #expect(prefix.broadcast?.description == "192.0.2.127")
        #expect(prefix.hosts == IPv4Address(192, 0, 2, 65)...IPv4Address(192, 0, 2, 126))
        #expect(prefix.mask.description == "255.255.255.192")
        #expect(prefix.addressCount == 64)
        #expect(try IPv4Prefix(parsing: "10.0.0.0/31").broadcast == nil)
        #expect(try IPv4Prefix(parsing: "10.0.0.0/31").hosts == IPv4Address(10, 0, 0, 0)...IPv4Address(10, 0, 0, 1))
        #expect(try IPv4Prefix(parsing: "10.0.0.7/32").hosts == IPv4Address(10, 0, 0, 7)...IPv4Address(10, 0, 0, 7))
        #expect(IPv4Prefix.all.addressCount == 1 << 32)
        #expect(IPv6Prefix.all.addressCount == nil)
        #expect(IPv6Prefix.all.last == IPv6Address(high: .max, low: .max))
        #expect(IPv6Prefix(.loopback, length: 65).addressCount == 1 << 63)
        #expect(try IPPrefix(parsing: "2001:db8::/126").last.description == "2001:db8::3")
        #expect(IPPrefix(host: .v4(.loopback)).description == "127.0.0.1/32")
        #expect(IPv6Prefix(host: .loopback).isHost)
        #expect(IPv4Prefix.multicast.description == "224.0.0.0/4")
        #expect(IPv6Prefix.multicast.description == "ff00::/8")
    }

    /// Containment and overlap must agree with comparing every bit.
    @Test func containmentAgreesWithItsDefinition() {
        func bits(_ bytes: [UInt8]) -> [Bool] { bytes.flatMap { byte in (0..<8).map { byte >> (7 - $0) & 1 == 1 } } }
        func check<Address: PrefixableAddress>(_: Address.Type, seed: UInt64) throws {
            var generator = SeededGenerator(seed: seed)
            var contained = 0
            for _ in 0..<5_000 {
                // Few different bytes, so that prefixes meet.
                func address() throws -> Address {
                    try #require(
                        Address(bytes: (0..<Address.byteCount).map { _ in [0, 0, 0x80, 0xFF].randomElement(using: &generator) ?? 0 }))
                }
                let lengths = 0...(Bool.random(using: &generator) ? Address.bitCount : 24)
                let one = NetworkPrefix(try address(), length: .random(in: lengths, using: &generator))
                let other = NetworkPrefix(try address(), length: .random(in: lengths, using: &generator))
                let candidate = try address()
                let agrees = bits(candidate.bytes).prefix(one.length) == bits(one.network.bytes).prefix(one.length)
                #expect(one.contains(candidate) == agrees)
                let isPart =
                    other.length >= one.length && bits(other.network.bytes).prefix(one.length) == bits(one.network.bytes).prefix(one.length)
                #expect(one.contains(other) == isPart)
                #expect(one.overlaps(other) == (one.contains(other) || other.contains(one)))
                #expect(one.overlaps(other) == other.overlaps(one))
                #expect(one.contains(one.first) && one.contains(one.last) && one.contains(one))
                #expect(one.overlaps(other) == (max(one.first, other.first) <= min(one.last, other.last)))
                if isPart { contained += 1 }
                #expect(NetworkPrefix<Address>(bytes: one.bytes) == one)
                #expect(try NetworkPrefix<Address>(parsing: one.description) == one)
            }
            #expect(contained > 200)
        }
        #expect(throws: Never.self) {
            try check(IPv4Address.self, seed: 5)
            try check(IPv6Address.self, seed: 6)
        }
    }

    @Test func familiesDoNotMix() throws {
        let four = try IPPrefix(parsing: "0.0.0.0/0")
        let six = try IPPrefix(parsing: "::/0")
        #expect(!four.contains(.v6(.any)) && !six.contains(.v4(.any)) && !four.contains(six) && !four.overlaps(six))
        #expect(four < six && !(six < four))
        #expect(four.contains(.v4(.loopback)) && six.contains(.v6(.loopback)))
    }

    @Test func aPrefixStandsBeforeWhatItContains() throws {
        let sorted = try ["0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/9", "10.0.0.0/32", "10.0.0.1/32", "10.128.0.0/9", "::/0"].map {
            try IPPrefix(parsing: $0)
        }
        #expect(sorted.shuffled().sorted() == sorted)
    }

    @Test func reachabilityInformation() throws {
        #expect(try IPv4Prefix(parsing: "10.128.0.0/9").bytes == [9, 10, 128])
        #expect(IPv4Prefix.all.bytes == [0])
        #expect(try IPv6Prefix(parsing: "2001:db8::/32").bytes == [32, 0x20, 0x01, 0x0D, 0xB8])
        #expect(try IPv4Prefix(bytes: [9, 10, 255]) == IPv4Prefix(parsing: "10.128.0.0/9"))
        for bytes: [UInt8] in [[], [33, 1, 2, 3, 4, 5], [8], [8, 1, 2], [255]] { #expect(IPv4Prefix(bytes: bytes) == nil) }
        #expect(IPv6Prefix(bytes: [129] + [UInt8](repeating: 0, count: 17)) == nil)
    }

    @Test func mutationsEndInAnAnswer() throws {
        try expectMutationsEndInAnAnswer(of: ["10.0.0.0/8", "192.0.2.0/24", "2001:db8::/32", "::/0"], as: IPPrefix.self, seed: 7)
    }
}
