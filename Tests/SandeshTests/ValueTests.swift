// Every kind of value there and back, through messages written by hand, and what a tolerant reader tolerates.

import Coding
import NetworkTypes
import Sandesh
import SandeshMessages
import Testing

/// What no message of the schema has: each scalar, and each container of structures.
private struct Everything: SandeshMessage {
    static var name: StaticString { "Everything" }
    static var messageType: SandeshMessageType { .response }
    static var versionSignature: Int32 { 1 }
    static var hasKey: Bool { false }

    struct Inner: SandeshStructure {
        static var sandeshElement: StaticString { "Inner" }
        var value: Int16
        init(_ value: Int16) { self.value = value }
        private static let fields = MemberTable(["value"])
        init(fromSandesh reader: inout XMLReader) throws(CodingError) {
            var value: Int16?
            while try reader.nextChild(Self.fields) != nil { value = try reader.sandeshField() }
            self.value = try reader.sandeshRequired(value, "value")
        }
        func encodeSandesh(to writer: inout XMLWriter) { writer.sandeshField("value", 1, value) }
    }

    var flag: Bool?
    var tiny: Int8?
    var half: UInt16?
    var word: UInt32?
    var long: Int64?
    var huge: UInt64?
    var ratio: Double?
    var address: IPv4Address?
    var either: IPAddress?
    var identity: UUIDValue?
    var markup: SandeshXML?
    var inner: Inner?
    var inners: [Inner]?
    var numbers: [UInt64]?
    var words: Set<String>?
    var byNumber: [Int32: Inner]?
    var byName: [String: UInt64]?

    init() {}

    private static let fields = MemberTable([
        "flag", "tiny", "half", "word", "long", "huge", "ratio", "address", "either", "identity", "markup", "inner", "inners", "numbers",
        "words",
        "byNumber", "byName",
    ])

    init(fromSandesh reader: inout XMLReader) throws(CodingError) {
        while let field = try reader.nextChild(Self.fields) {
            switch field {
            case 0: flag = try reader.sandeshField()
            case 1: tiny = try reader.sandeshField()
            case 2: half = try reader.sandeshField()
            case 3: word = try reader.sandeshField()
            case 4: long = try reader.sandeshField()
            case 5: huge = try reader.sandeshField()
            case 6: ratio = try reader.sandeshField()
            case 7: address = try reader.sandeshField()
            case 8: either = try reader.sandeshField()
            case 9: identity = try reader.sandeshField()
            case 10: markup = try reader.sandeshField()
            case 11: inner = try reader.sandeshField()
            case 12: inners = try reader.sandeshList()
            case 13: numbers = try reader.sandeshList()
            case 14: words = try reader.sandeshSet()
            case 15: byNumber = try reader.sandeshMap()
            default: byName = try reader.sandeshMap()
            }
        }
    }

    func encodeSandesh(to writer: inout XMLWriter) {
        writer.sandeshField("flag", 1, flag)
        writer.sandeshField("tiny", 2, tiny)
        writer.sandeshField("half", 3, half)
        writer.sandeshField("word", 4, word)
        writer.sandeshField("long", 5, long)
        writer.sandeshField("huge", 6, huge)
        writer.sandeshField("ratio", 7, ratio)
        writer.sandeshField("address", 8, address)
        writer.sandeshField("either", 9, either)
        writer.sandeshField("identity", 10, identity)
        writer.sandeshField("markup", 11, markup)
        writer.sandeshField("inner", 12, inner)
        writer.sandeshList("inners", 13, inners)
        writer.sandeshList("numbers", 14, numbers, ["aggtype": "append"])
        writer.sandeshSet("words", 15, words)
        writer.sandeshMap("byNumber", 16, byNumber)
        writer.sandeshMap("byName", 17, byName)
    }
}

private func body(_ message: Everything) -> String {
    var writer = XMLWriter()
    writer.start("Everything")
    message.encodeSandesh(to: &writer)
    writer.end("Everything")
    return String(decoding: writer.finish(), as: UTF8.self)
}

private func read(_ fields: String) throws(CodingError) -> Everything {
    try XMLReader.read(Array("<Everything>\(fields)</Everything>".utf8), unknownElements: .skip) { reader throws(CodingError) in
        try Everything(fromSandesh: &reader)
    }
}

@Suite struct ValueTests {
    /// The text of a field, and what setting it takes.
    private static let fields: [(String, @Sendable (inout Everything) throws -> Void)] = [
        (#"<flag type="bool" identifier="1">true</flag>"#, { $0.flag = true }),
        (#"<tiny type="byte" identifier="2">-128</tiny>"#, { $0.tiny = -128 }),
        (#"<half type="u16" identifier="3">65535</half>"#, { $0.half = 65535 }),
        (#"<word type="u32" identifier="4">4294967295</word>"#, { $0.word = .max }),
        (#"<long type="i64" identifier="5">-9223372036854775808</long>"#, { $0.long = .min }),
        (#"<huge type="u64" identifier="6">18446744073709551615</huge>"#, { $0.huge = .max }),
        (#"<ratio type="double" identifier="7">0.25</ratio>"#, { $0.ratio = 0.25 }),
        (#"<address type="ipv4" identifier="8">192.0.2.1</address>"#, { $0.address = try IPv4Address(parsing: "192.0.2.1") }),
        (#"<either type="ipaddr" identifier="9">2001:db8::1</either>"#, { $0.either = try IPAddress(parsing: "2001:db8::1") }),
        (
            #"<identity type="uuid_t" identifier="10">00010203-0405-0607-0809-0a0b0c0d0e0f</identity>"#,
            { $0.identity = try UUIDValue(parsing: "00010203-0405-0607-0809-0a0b0c0d0e0f") }
        ),
        (#"<markup type="xml" identifier="11"><![CDATA[<a>&</a>]]></markup>"#, { $0.markup = "<a>&</a>" }),
        (#"<markup type="xml" identifier="11"><![CDATA[x]]]]><![CDATA[>y]]></markup>"#, { $0.markup = "x]]>y" }),
        (
            #"<inner type="struct" identifier="12"><Inner><value type="i16" identifier="1">-5</value></Inner></inner>"#,
            { $0.inner = Everything.Inner(-5) }
        ),
        (#"<inners type="list" identifier="13"><list type="struct" size="0"></list></inners>"#, { $0.inners = [] }),
        (
            #"<numbers type="list" identifier="14" aggtype="append"><list type="u64" size="2"><element>2</element><element>1</element></list></numbers>"#,
            { $0.numbers = [2, 1] }
        ),
        (
            #"<words type="set" identifier="15"><set type="string" size="2"><element>a</element><element>b</element></set></words>"#,
            { $0.words = ["b", "a"] }
        ),
        (
            #"<byNumber type="map" identifier="16"><map key="i32" value="struct" size="2"><element>-1</element><Inner><value type="i16" identifier="1">7</value></Inner><element>3</element><Inner><value type="i16" identifier="1">8</value></Inner></map></byNumber>"#,
            { $0.byNumber = [3: Everything.Inner(8), -1: Everything.Inner(7)] }
        ),
        (
            #"<byName type="map" identifier="17"><map key="string" value="u64" size="1"><element>a&lt;b</element><element>0</element></map></byName>"#,
            { $0.byName = ["a<b": 0] }
        ),
    ]

    @Test(arguments: 0..<fields.count) func aFieldIsWrittenAndReadAsDescribed(_ index: Int) throws {
        let (text, set) = Self.fields[index]
        var message = Everything()
        try set(&message)
        #expect(body(message) == "<Everything>\(text)</Everything>")
        #expect(body(try read(text)) == "<Everything>\(text)</Everything>")
    }

    @Test func aFieldThatIsNotThereIsNotWritten() {
        #expect(body(Everything()) == "<Everything></Everything>")
    }

    @Test func whatANewerSenderAddsIsPassedOver() throws {
        let message = try read(
            #"<novelty type="struct" identifier="99"><Novelty><x type="map">…</x></Novelty></novelty>"#
                + #"<half type="u16" identifier="3" colour="red">7</half><half2>x</half2>"#)
        #expect(message.half == 7)
    }

    @Test func anotherTypeOnTheWireIsReadByItsText() throws {
        #expect(try read(#"<half type="i64" identifier="3"> 12 </half>"#).half == 12)
        #expect(try read("<flag>1</flag>").flag == true)
        #expect(try read("<markup>&lt;a/&gt;</markup>").markup == "<a/>")
        #expect(try read(#"<inners type="list"/>"#).inners?.count == 0)
    }

    @Test(arguments: [
        ("<half>65536</half>", "half"), ("<tiny>128</tiny>", "tiny"), ("<half>-1</half>", "half"), ("<huge>-1</huge>", "huge"),
        ("<word>one</word>", "word"), ("<word></word>", "word"), ("<flag>yes</flag>", "flag"), ("<ratio>1e999</ratio>", "ratio"),
        ("<address>300.1.1.1</address>", "address"), ("<identity>x</identity>", "identity"), ("<inner></inner>", "inner"),
        ("<inner><Other/></inner>", "inner.Other"), ("<inner><Inner/></inner>", "inner"),
        ("<inners><set/></inners>", "inners.set"), ("<byName><map><element>a</element></map></byName>", "byName.map.element"),
        ("<long>99999999999999999999</long>", "long"),
    ])
    func aWrongValueIsRefusedByName(_ text: String, _ path: String) {
        let error = #expect(throws: CodingError.self) { _ = try read(text) }
        #expect(error?.path.hasPrefix("Everything." + path) == true, "\(error.map { "\($0)" } ?? "")")
    }

    @Test func aMessageWithoutARequiredFieldIsRefused() {
        let error = #expect(throws: CodingError.self) {
            _ = try XMLReader.read(Array("<VncApiError><line>3</line></VncApiError>".utf8)) { reader throws(CodingError) in
                try VncApiError(fromSandesh: &reader)
            }
        }
        #expect(error?.message == "the field api_msg is missing")
    }

    @Test func aMessageKnowsWhereItArose() {
        let message = VncApiInfo(apiMsg: "here")
        #expect(message.file.hasSuffix("ValueTests.swift"))
        #expect(message.line > 100)
    }
}

@Suite struct GeneratedMessageTests {
    @Test func aNodesStatusThereAndBack() throws {
        let message = NodeStatusUVE(
            data: NodeStatus(
                name: "host-1", nameTable: "ObjectConfigNode",
                processStatus: [
                    ProcessStatus(
                        moduleId: "contrail-api", instanceId: "0", state: "Functional",
                        connectionInfos: [
                            ConnectionInfo(type: "Database", name: "", serverAddrs: ["10.0.0.1:2379"], status: "Up", description: "")
                        ])
                ],
                startTime: 1_700_000_000_000_000))
        let header = SandeshHeader(for: NodeStatusUVE.self, from: sender, timestamp: 5, sequenceNumber: 1)
        let bytes = SandeshFrame.encode(message, header: header)
        let (readHeader, read) = try SandeshFrame.read(bytes, as: NodeStatusUVE.self)
        #expect(read.data.nameTable == "ObjectConfigNode")
        #expect(read.data.deleted == nil)
        #expect(read.data.processStatus?.first?.connectionInfos?.first?.serverAddrs == ["10.0.0.1:2379"])
        #expect(read.data.startTime == 1_700_000_000_000_000)
        #expect(readHeader.sender == sender)
        #expect(readHeader.level == .uve)
        #expect(SandeshFrame.encode(read, header: readHeader) == bytes)
    }

    @Test func annotationsFollowTheIdentifier() {
        let message = VncApiStatsLog(
            nodeName: "host-1",
            apiStats: VncApiStats(
                operationType: "GET", user: "", useragent: "curl", remoteIp: "::1", domainName: "", objectType: "virtual_network",
                responseTimeInUsec: 81.5, responseSize: 900, respCode: "200", reqId: "req-1"))
        var writer = XMLWriter()
        writer.start("x")
        message.encodeSandesh(to: &writer)
        writer.end("x")
        let text = String(decoding: writer.finish(), as: UTF8.self)
        #expect(text.contains(#"<node_name type="string" identifier="1" key="ObjectConfigNode">host-1</node_name>"#))
        #expect(text.contains(#"<api_stats type="struct" identifier="2" tags=".operation_type,.user,"#))
        #expect(text.contains(#"<response_time_in_usec type="double" identifier="8">81.5</response_time_in_usec>"#))
    }
}
