// The small parts that requests are made of: addresses, times, names, filters.

import Coding
import NetworkTypes
import Testing

@testable import ConfigServerCore

@Suite struct RequestTests {
    @Test(arguments: [
        ("/", []), ("/virtual-networks", ["virtual-networks"]), ("/virtual-networks/", ["virtual-networks"]),
        ("/a/b?c=d/e", ["a", "b"]), ("http://host:1/a/b", ["a", "b"]), ("https://host?x=1", []), ("/a#b", ["a"]), ("/%C3%A9", ["é"]),
        ("/...", ["..."]), ("*", []), ("", []),
    ]) func splitsPaths(text: String, segments: [String]) throws {
        #expect(try RequestTarget(text).segments == segments)
    }

    @Test func decodesQueries() throws {
        let target = try RequestTarget("/x?a=1&b=two+words&c=%5B%221%22%2C2%5D&flag&a=2&d=x=y&e=")
        #expect(target["a"] == "2" && target["b"] == "two words" && target["c"] == "[\"1\",2]" && target["flag"] == "")
        #expect(target["d"] == "x=y" && target["e"] == "" && target["f"] == nil)
        #expect(try RequestTarget("/x?l=a,b,,a,c").list("l") == ["a", "b", "c"])
        #expect(try RequestTarget("/x?l=").list("l") == nil)
    }

    @Test(arguments: [
        "/%", "/%2", "/%zz", "/%ff", "/%00", "/a?b=%c0%af", "/\u{7F}", "/%0d%0aX:1", "//a", "/a//", "/a/../b", "/.", "/a%2Fb", "/%2e%2E/a",
    ])
    func refusesWhatIsNotText(text: String) {
        #expect(throws: Refusal.self) { try RequestTarget(text) }
    }

    @Test func refusesEndlessAddresses() {
        do {
            _ = try RequestTarget("/" + String(repeating: "a", count: 65_536))
            Issue.record("accepted")
        } catch {
            #expect(error.status == 414)
        }
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000000"), (1_772_366_400_000_123, "2026-03-01T12:00:00.000123"),
        (951_782_399_999_999, "2000-02-28T23:59:59.999999"), (951_782_400_000_000, "2000-02-29T00:00:00.000000"),
        (4_107_542_400_000_000, "2100-03-01T00:00:00.000000"), (-1, "1969-12-31T23:59:59.999999"),
    ]) func writesTimes(microseconds: Int, text: String) {
        #expect(Timestamp(microseconds: Int64(microseconds)).text == text)
    }

    @Test(arguments: [
        "6ba7b810-9dad-41d1-80b4-00c04fd430c8", "6BA7B810-9DAD-41D1-80B4-00C04FD430C8", "6ba7b8109dad41d180b400c04fd430c8",
        "{6ba7b810-9dad-41d1-80b4-00c04fd430c8}", "urn:uuid:6ba7b810-9dad-41d1-80b4-00c04fd430c8",
    ]) func readsUUIDsAsPythonDoes(text: String) {
        let uuid = UUIDValue(anySpelling: text)
        #expect(uuid?.description == "6ba7b810-9dad-41d1-80b4-00c04fd430c8")
        withUnsafeTemporaryAllocation(byteCount: UUIDValue.textLength, alignment: 1) { buffer in
            if let base = buffer.baseAddress { uuid?.writeText(to: base) }
            #expect(String(decoding: buffer, as: UTF8.self) == uuid?.description)
        }
    }

    @Test(arguments: [
        "", "6ba7b810", "6ba7b810-9dad-41d1-80b4-00c04fd430c", "6ba7b810-9dad-41d1-80b4-00c04fd430c8a", "g", "{}", "urn:uuid:",
    ])
    func refusesWhatIsNoUUID(text: String) { #expect(UUIDValue(anySpelling: text) == nil) }

    @Test func namesAreStoredInOneSpelling() {
        let name = FullyQualifiedName.json(["default-domain", "a \"b\" \\ c", "é"])
        #expect(FullyQualifiedName.elements(name) == ["default-domain", "a \"b\" \\ c", "é"])
        #expect(String(decoding: FullyQualifiedName.lastElement(name), as: UTF8.self) == "\"é\"")
        let quoted = FullyQualifiedName.json(["a", "b\",\"c"])
        #expect(String(decoding: FullyQualifiedName.lastElement(quoted), as: UTF8.self) == #""b\",\"c""#)
        #expect(FullyQualifiedName.lastElement(Array("[]".utf8)).isEmpty)
        #expect(FullyQualifiedName.elements(Array("nonsense".utf8)) == ["nonsense"])
    }

    @Test func propertySetsFindTheirMembers() {
        let set = PropertySet([
            ("id_perms", Array(#"{"a":"}\",{","b":[1,{"c":2}]}"#.utf8)), ("empty", Array("{}".utf8)), ("text", Array(#""a,b\\""#.utf8)),
            ("number", Array("-1.5e3".utf8)),
        ])
        func text(_ key: String) -> String? { set[key].map { String(decoding: $0, as: UTF8.self) } }
        #expect(text("id_perms") == #"{"a":"}\",{","b":[1,{"c":2}]}"#)
        #expect(text("empty") == "{}" && text("text") == #""a,b\\""# && text("number") == "-1.5e3" && text("none") == nil)
        #expect(set.all.map(\.key) == ["id_perms", "empty", "text", "number"])
        #expect(PropertySet.empty.all.isEmpty && PropertySet([]).members.isEmpty)
    }

    /// Scanning follows damaged text without leaving it.
    @Test func propertySetsSurviveAnyBytes() {
        var random = SequenceGenerator(seed: 4)
        let alphabet = Array(#"{}[]",:\a1"#.utf8)
        for _ in 0..<20_000 {
            let length = Int.random(in: 0..<24, using: &random)
            let text = (0..<length).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] }
            for text in [text, Array("{\"".utf8) + text] {
                let set = PropertySet(text: text)
                set.forEach { name, value in
                    #expect(name.lowerBound >= 0 && value.upperBound <= text.count)
                    return true
                }
                _ = set["a"]
                _ = set.lastModified
                _ = FullyQualifiedName.lastElement(text)
            }
        }
    }

    @Test func filtersReadJSONWithCommas() throws {
        let filters = try Filter.parse(#"display_name=="a,b==c",mtu==1500,display_name=="d",props=={"x":[1,2],"y":{}}"#)
        #expect(filters.map(\.key) == ["display_name", "mtu", "props"])
        #expect(filters[0].values == [.string("a,b==c"), .string("d")])
        #expect(
            filters[2].matches(
                .object([.init(key: "x", value: .array([.number("1"), .number("2")])), .init(key: "y", value: .object([]))])))
        for text in ["a", "a==", "a==nonsense", "a=1", "==1,b", "a==\"x"] {
            #expect(throws: Refusal.self, "\(text)") { try Filter.parse(text) }
        }
    }

    /// The time does not grow with the square of the length.
    @Test func manyFiltersAreReadInOnePass() throws {
        let text = (0..<100_000).map { "k==\($0)" }.joined(separator: ",")
        #expect(try Filter.parse(text).first?.values.count == 100_000)
    }
}
