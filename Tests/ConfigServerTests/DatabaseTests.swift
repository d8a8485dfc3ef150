// Exports, imports and checks of stored configurations, on every engine there is.

import Coding
import ConfigurationREST
import Foundation
import Logging
import NetworkTypes
import Testing

@testable import ConfigServer
@testable import ConfigServerCore

/// A store that `tungsten db` would open.
struct DatabaseUnderTest: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let choice: @Sendable (TemporaryFolder) throws -> StoreChoice

    static let sqlite = DatabaseUnderTest(testDescription: "sqlite") { _ in .sqlite }
    static let all =
        [sqlite]
        + (EtcdProcess.isInstalled
            ? [
                DatabaseUnderTest(testDescription: "etcd") { folder in
                    .etcd([try EtcdProcess.common.get().address], prefix: "/db" + folder.path)
                }
            ] : [])

    func database(_ folder: TemporaryFolder) throws -> ConfigurationDatabase {
        ConfigurationDatabase(try choice(folder), dataDirectory: folder.path + "/data", ConfigurationResources.catalogue)
    }
}

extension ConfigurationDatabase {
    /// Hands a document over in pieces, which end wherever they do.
    func importing(_ text: [UInt8], pieces: Int = 4099, _ options: ImportOptions) throws(StoreError) -> ImportReport {
        var rest = text[...]
        let source: DocumentReader.Source = {
            defer { rest = rest.dropFirst(pieces) }
            return Array(rest.prefix(pieces))
        }
        return try importing(source, options)
    }

    func exported() throws -> [UInt8] {
        var text: [UInt8] = []
        _ = try export { text += $0 }
        return text
    }

    /// Why an import is refused; nil when it is not.
    func refusal(importing text: [UInt8], pieces: Int = 4099, _ options: ImportOptions = ImportOptions()) -> String? {
        do throws(StoreError) {
            _ = try importing(text, pieces: pieces, options)
            return nil
        } catch {
            return error.message
        }
    }
}

/// What a server of the tests holds, as an export.
func archive(_ server: TestServer) -> [UInt8] {
    var text = ConfigurationArchive.beginning(revision: 7)
    for (index, row) in server.rows.sorted(by: { $0.key < $1.key }).enumerated() {
        text += ConfigurationArchive.line(row.value, isFirst: index == 0)
    }
    text += ConfigurationArchive.middle
    for (index, value) in server.values.sorted(by: { $0.key < $1.key }).enumerated() {
        text += ConfigurationArchive.line(value.key, value.value, isFirst: index == 0)
    }
    return text + ConfigurationArchive.end
}

func busyServer() -> TestServer {
    var server = TestServer()
    let network = server.create(
        "virtual-network", project + ["red"], parent: "project",
        """
        "network_ipam_refs": [{"to": ["default-domain", "default-project", "default-network-ipam"], "attr": {"ipam_subnets": [
            {"subnet": {"ip_prefix": "10.1.0.0", "ip_prefix_len": 24}}]}}]
        """)
    _ = server.create("instance-ip", ["one"], "\"virtual_network_refs\": [{\"uuid\": \"\(network)\"}]")
    _ = server.create("security-group", project + ["open"], parent: "project")
    _ = server.create("tag", ["label=é\\\"x"], "\"tag_type_name\": \"label\", \"tag_value\": \"é\\\"x\"")
    server.send(.post, "/useragent-kv", #"{"operation": "STORE", "key": "k\"1", "value": "v\né"}"#)
    return server
}

@Suite struct DatabaseTests {
    @Test(arguments: DatabaseUnderTest.all) func whatIsExportedIsImportedAsItWas(engine: DatabaseUnderTest) throws {
        let server = busyServer()
        let folder = try TemporaryFolder()
        let database = try engine.database(folder)
        let document = archive(server)
        let report = try database.importing(document, .init())
        #expect(report.objects == server.rows.count && report.removed == 0 && report.revision == UInt64(server.rows.count))
        #expect(report.notes == [], "\(report.notes)")
        let parsed = try ConfigurationArchive(parsing: document)
        var again = try ConfigurationArchive(parsing: try database.exported())
        #expect(again.revision == report.revision)
        again.revision = parsed.revision
        #expect(again == parsed)
        let (findings, objects) = try database.check()
        #expect(findings.all == [] && objects == server.rows.count)

        // A store that is not empty is left alone, unless told.
        #expect(database.refusal(importing: document)?.contains("--replace") == true)
        let other = TestServer()
        var options = ConfigurationDatabase.ImportOptions()
        options.replaces = true
        let second = try database.importing(archive(other), options)
        #expect(second.removed == server.rows.count && second.revision > report.revision)
        #expect(try ConfigurationArchive(parsing: try database.exported()).rows == other.rows.sorted { $0.key < $1.key }.map(\.value))
    }

    /// A server starts on what was imported, and an export beside it shows one moment.
    @Test(arguments: DatabaseUnderTest.all) func serversWorkOnWhatWasImported(engine: DatabaseUnderTest) async throws {
        let folder = try TemporaryFolder()
        let database = try engine.database(folder)
        var source = busyServer()
        let address = try #require(
            source.get("/instance-ips?detail=true")["instance-ips"]?.elements.first?["instance-ip"]?["instance_ip_address"]?.string)
        _ = try database.importing(archive(source), .init())
        let choice = try engine.choice(folder)
        let running = try await RunningServer.start(in: folder) { $0.store = choice }
        let client = try running.connect()
        client.write("GET /instance-ips?detail=true HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try client.readReply().body.contains("\"\(address)\""))
        let body = #"{"virtual-machine": {"fq_name": ["made-beside"]}}"#
        client.write("POST /virtual-machines HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
        let reply = try client.readReply()
        #expect(reply.status == 200, "\(reply.body)")
        let shown = try ConfigurationArchive(parsing: try database.exported())
        #expect(shown.rows.last?.name == Array("[\"made-beside\"]".utf8))
        #expect(String(shown.revision) == reply.headers["x-configuration-revision"])
        #expect(try database.check().findings.all == [])
        if case .sqlite = choice {
            #expect(database.refusal(importing: archive(TestServer()))?.contains("in use by another server") == true)
        }
        try await running.server.stop()
    }

    @Test func refusesWhatNoServerCouldLoad() throws {
        let folder = try TemporaryFolder()
        let database = try DatabaseUnderTest.sqlite.database(folder)
        let object = #"{"number": 1, "uuid": "11111111-1111-4111-8111-111111111111", "type": "virtual-machine", "fq_name": ["a"], "#
        func document(_ objects: String) -> [UInt8] {
            Array("{\"format\": \"tungsten-configuration\", \"version\": 1, \"objects\": [\(objects)]}".utf8)
        }
        for (text, words) in [
            ("", "cannot be read"), ("{}", "this is no export"), ("[1]", "cannot be read"),
            (#"{"format": "tungsten-configuration", "version": 2}"#, "newer than this program"),
            (#"{"format": "tungsten-configuration", "colour": 2}"#, "no member 'colour'"),
        ] {
            #expect(database.refusal(importing: Array(text.utf8))?.contains(words) == true, "\(text)")
        }
        for (objects, words) in [
            (object + #""properties": {}}"#, "objects[0]: an object needs"),
            (object + #""properties": {}, "references": [], "colour": 1}"#, "no member 'colour'"),
            (object.replacing("11111111-", with: "xyz-") + #""properties": {}, "references": []}"#, "is not a UUID"),
            (object + #""properties": [], "references": []}"#, "its properties are not a JSON object"),
            (
                object + #""properties": {}, "references": [["tag", "22222222-2222-4222-8222-222222222222", 9, false, null]]}"#,
                "refers to the tag 22222222-2222-4222-8222-222222222222, which is missing"
            ),
            (object + #""parent": "22222222-2222-4222-8222-222222222222", "properties": {}, "references": []}"#, "orphan"),
            (
                object + #""properties": {}, "references": []},"# + object.replacing("1,", with: "2,").replacing("[\"a\"]", with: "[\"b\"]")
                    + #""properties": {}, "references": []}"#, "it has the UUID of"
            ),
        ] {
            let refusal = database.refusal(importing: document(objects))
            #expect(refusal?.contains(words) == true, "\(objects): \(refusal ?? "imported")")
        }
        #expect(try database.importing(document(object + #""properties": {}, "references": []}"#), .init()).objects == 1)
    }

    @Test func findsWhatIsHeldTwiceOrByNobody() throws {
        var server = busyServer()
        let service = server.service
        func findings(_ change: (inout [ObjectRow]) -> Void) throws -> [String] {
            var rows = server.rows.sorted { $0.key < $1.key }.map(\.value)
            change(&rows)
            return try service.findings(in: rows).map(\.description)
        }
        func index(_ rows: [ObjectRow], _ type: String) -> Int { rows.lastIndex { $0.type == type } ?? 0 }
        #expect(try findings { _ in } == [])
        #expect(try findings { $0[index($0, "instance-ip")].details = nil }.first?.contains("without holding it") == true)
        #expect(
            try findings { $0[index($0, "tag")].details = Array(#"{"allocations": [["tag-values/0", 9], ["tag-values/0", 1]]}"#.utf8) }
                .contains { $0.contains("a leak") })
        let twice = try findings { rows in
            let network = index(rows, "virtual-network")
            rows[index(rows, "security-group")].details = rows[network].details
        }
        #expect(twice.contains { $0.hasPrefix("error: ") && $0.contains("holds too") }, "\(twice)")
        // What an action took for the network itself is no leak.
        let red = server.uuid("virtual-network", "default-domain:default-project:red")
        #expect(server.send(.post, "/virtual-network/\(red)/ip-alloc", #"{"count": 2}"#).status == 200)
        #expect(try findings { _ in } == [])
        let odd = try findings { rows in
            rows[index(rows, "security-group")].properties = Array(#"{"id_perms":{"enable":7},"colour":1}"#.utf8)
        }
        #expect(odd.contains { $0.contains("id_perms does not decode") } && odd.contains { $0.contains("no property colour") }, "\(odd)")
    }
}
