// Whole frames, byte for byte as the format's description has them, written out by hand.

import Coding
import Sandesh
import SandeshMessages
import Testing

/// One frame's expected text: line breaks and the indentation after them are for this page only.
func frame(_ text: String) -> [UInt8] {
    let joined = text.split(separator: "\n").map { $0.drop { $0 == " " } }.joined()
    return Array(joined.utf8)
}

let sender = SandeshSender(source: "host-1", nodeType: "Config", module: "contrail-api")

@Suite struct FrameTests {
    @Test func aUVE() throws {
        let message = ContrailConfigTrace(
            data: ContrailConfig(
                name: "default-domain:admin:vn1", nameTable: "ObjectVNTable",
                elements: ["display_name": "\"vn1\"", "virtual_network_network_id": "4", "acl": "{\"a\":[1,2]}"]))
        let header = SandeshHeader(for: ContrailConfigTrace.self, from: sender, timestamp: 1_700_000_000_000_000, sequenceNumber: 7)
        let bytes = SandeshFrame.encode(message, header: header)
        let expected = frame(
            """
            <sandesh length="0000000000"><SandeshHeader><Namespace type="string" identifier="1"></Namespace>
            <Timestamp type="i64" identifier="2">1700000000000000</Timestamp>
            <Module type="string" identifier="3">contrail-api</Module>
            <Source type="string" identifier="4">host-1</Source>
            <Context type="string" identifier="5"></Context>
            <SequenceNum type="i32" identifier="6">7</SequenceNum>
            <VersionSig type="i32" identifier="7">\(ContrailConfigTrace.versionSignature)</VersionSig>
            <Type type="i32" identifier="8">6</Type>
            <Hints type="i32" identifier="9">1</Hints>
            <Level type="i32" identifier="10">-100</Level>
            <Category type="string" identifier="11"></Category>
            <NodeType type="string" identifier="12">Config</NodeType>
            <InstanceId type="string" identifier="13">0</InstanceId></SandeshHeader>
            <ContrailConfigTrace type="sandesh"><data type="struct" identifier="1"><ContrailConfig>
            <name type="string" identifier="1" key="ObjectVNTable">default-domain:admin:vn1</name>
            <elements type="map" identifier="3"><map key="string" value="string" size="3">
            <element>acl</element><element>{"a":[1,2]}</element>
            <element>display_name</element><element>"vn1"</element>
            <element>virtual_network_network_id</element><element>4</element>
            </map></elements></ContrailConfig></data></ContrailConfigTrace></sandesh>
            """)
        #expect(String(decoding: bytes, as: UTF8.self) == String(decoding: withLength(expected), as: UTF8.self))
    }

    @Test func aSystemLog() throws {
        var header = SandeshHeader(
            for: VncApiError.self, from: sender, timestamp: 1, sequenceNumber: 2, level: .error, category: "store")
        header.sender.address = "192.0.2.1"
        header.sender.processIdentifier = 4711
        header.context = "c"
        header.namespace = "test"
        let bytes = SandeshFrame.encode(VncApiError(apiMsg: "a < b & \"c\" > d", file: "Store.swift", line: 12), header: header)
        let expected = frame(
            """
            <sandesh length="0000000000"><SandeshHeader><Namespace type="string" identifier="1">test</Namespace>
            <Timestamp type="i64" identifier="2">1</Timestamp>
            <Module type="string" identifier="3">contrail-api</Module>
            <Source type="string" identifier="4">host-1</Source>
            <Context type="string" identifier="5">c</Context>
            <SequenceNum type="i32" identifier="6">2</SequenceNum>
            <VersionSig type="i32" identifier="7">\(VncApiError.versionSignature)</VersionSig>
            <Type type="i32" identifier="8">1</Type>
            <Hints type="i32" identifier="9">0</Hints>
            <Level type="i32" identifier="10">3</Level>
            <Category type="string" identifier="11">store</Category>
            <NodeType type="string" identifier="12">Config</NodeType>
            <InstanceId type="string" identifier="13">0</InstanceId>
            <IPAddress type="string" identifier="14">192.0.2.1</IPAddress>
            <Pid type="i32" identifier="15">4711</Pid></SandeshHeader>
            <VncApiError type="sandesh"><file type="string" identifier="-32768">Store.swift</file>
            <line type="i32" identifier="-32767">12</line>
            <api_msg type="string" identifier="1">a &lt; b &amp; "c" &gt; d</api_msg></VncApiError></sandesh>
            """)
        #expect(String(decoding: bytes, as: UTF8.self) == String(decoding: withLength(expected), as: UTF8.self))
    }

    /// The session's first frame: a list of structures, and a header that says it is about the session.
    @Test func theHandshake() throws {
        let message = SandeshCtrlClientToServer(
            source: "host-1", moduleName: "contrail-api", sucessfulConnections: 1,
            uveTypes: [UVETypeInfo(typeName: "NodeStatusUVE", seqNum: 0), UVETypeInfo(typeName: "ContrailConfigTrace", seqNum: 9)],
            pid: 4711, httpPort: 8084, nodeTypeName: "Config", instanceIdName: "0")
        var header = SandeshHeader(for: SandeshCtrlClientToServer.self, from: sender, timestamp: 1, sequenceNumber: 0)
        header.context = "ctrl"
        header.hints.insert(.control)
        let bytes = SandeshFrame.encode(message, header: header)
        let body = frame(
            """
            <SandeshCtrlClientToServer type="sandesh"><source type="string" identifier="1">host-1</source>
            <module_name type="string" identifier="2">contrail-api</module_name>
            <sucessful_connections type="u32" identifier="3">1</sucessful_connections>
            <uve_types type="list" identifier="4"><list type="struct" size="2">
            <UVETypeInfo><type_name type="string" identifier="1">NodeStatusUVE</type_name><seq_num type="i32" identifier="2">0</seq_num></UVETypeInfo>
            <UVETypeInfo><type_name type="string" identifier="1">ContrailConfigTrace</type_name><seq_num type="i32" identifier="2">9</seq_num></UVETypeInfo>
            </list></uve_types>
            <pid type="u32" identifier="5">4711</pid><http_port type="u32" identifier="6">8084</http_port>
            <node_type_name type="string" identifier="7">Config</node_type_name>
            <instance_id_name type="string" identifier="8">0</instance_id_name></SandeshCtrlClientToServer></sandesh>
            """)
        #expect(String(decoding: bytes.suffix(body.count), as: UTF8.self) == String(decoding: body, as: UTF8.self))
        #expect(String(decoding: bytes, as: UTF8.self).contains("<Context type=\"string\" identifier=\"5\">ctrl</Context>"))
        #expect(String(decoding: bytes, as: UTF8.self).contains("<Hints type=\"i32\" identifier=\"9\">2</Hints>"))
        #expect(String(decoding: bytes, as: UTF8.self).contains("<Type type=\"i32\" identifier=\"8\">2</Type>"))
        let (again, read) = try SandeshFrame.read(bytes, as: SandeshCtrlClientToServer.self)
        #expect(again.hints == .control)
        #expect(read.uveTypes.map(\.seqNum) == [0, 9])
    }

    /// The ten digits are those of the whole frame.
    @Test func theLengthIsTheFrames() throws {
        for count in [0, 1, 9, 500, 100_000] {
            let message = VncApiInfo(apiMsg: String(repeating: "x", count: count))
            let bytes = SandeshFrame.encode(
                message, header: SandeshHeader(for: VncApiInfo.self, from: sender, timestamp: 0, sequenceNumber: 0))
            #expect(Int(String(decoding: bytes[17..<27], as: UTF8.self)) == bytes.count)
            #expect(String(decoding: bytes.prefix(17), as: UTF8.self) == "<sandesh length=\"")
            #expect(String(decoding: bytes.suffix(10), as: UTF8.self) == "</sandesh>")
        }
    }

    @Test func kindsOfMessagesHaveTheirNumbers() {
        #expect(VncApiConfigLog.messageType.rawValue == 7)
        #expect(VncApiConfigLog.hasKey)
        #expect(NodeStatusUVE.messageType.rawValue == 6)
        #expect(SandeshCtrlServerToClient.messageType.rawValue == 2)
        #expect(!VncApiNotice.hasKey)
        #expect(VncApiInfo.versionSignature != VncApiError.versionSignature)
        #expect(VncApiInfo.versionSignature > 0)
    }

    /// The expected text with the length put in: counting characters by hand proves nothing, and `theLengthIsTheFrames` checks them.
    private func withLength(_ frame: [UInt8]) -> [UInt8] {
        let digits = "\(frame.count)"
        return frame[..<17] + Array(String(repeating: "0", count: 10 - digits.count).utf8) + Array(digits.utf8) + frame[27...]
    }
}
