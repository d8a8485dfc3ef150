// The server's Core as arithmetic: requests in, replies out, the image carried along. Every change is also applied to rows, and the image
// made of the rows must be the image carried along: what is stored is what is served.

import Coding
import ConfigurationREST
import Foundation
import NetworkTypes
import Resources
import Testing

@testable import ConfigServerCore

struct TestServer {
    static let base = "http://server:8082"
    /// Building the type table takes longer than most tests.
    private static let service = ConfigurationService(ConfigurationResources.catalogue)
    private static let seeded: (image: Image, rows: [UInt64: ObjectRow]) = {
        var server = TestServer(empty: ())
        server.applyDefaults()
        return (server.image, server.rows)
    }()

    var image = Image()
    var rows: [UInt64: ObjectRow] = [:]
    private(set) var values: [String: [UInt8]] = [:]
    /// Advances by a second with every request.
    var now = Timestamp(microseconds: 1_772_366_400_000_000)
    /// Who sends the requests.
    var access = Access.open
    private let random: SequenceGenerator
    var service = Self.service

    private init(empty: Void) { random = SequenceGenerator(seed: 1) }

    /// A server with its default objects.
    init() {
        // Another seed than the default objects had: a UUID that repeats is no test of anything.
        random = SequenceGenerator(seed: 2)
        image = Self.seeded.image
        rows = Self.seeded.rows
    }

    private mutating func applyDefaults() {
        do {
            apply(try service.defaultObjects(missingFrom: image, now: now, random: random))
        } catch {
            Issue.record("the default objects are refused: \(error)")
        }
    }

    // MARK: Requests

    @discardableResult
    mutating func send(
        _ method: Request.Method, _ uri: String, _ body: String = "", ifMatch: String? = nil, ifNoneMatch: String? = nil
    ) -> Reply {
        now = Timestamp(microseconds: now.microseconds + 1_000_000)
        do throws(Refusal) {
            var request = Request(
                method, try RequestTarget(uri), base: Self.base, ifMatch: ifMatch, ifNoneMatch: ifNoneMatch, body: Array(body.utf8))
            request.access = access
            let operation = try service.operation(request)
            guard operation.isWriting else { return service.read(operation, image) }
            let decision = service.decide(operation, image, now: now, random: random)
            apply(decision.transaction)
            return decision.reply
        } catch {
            return error.reply
        }
    }

    mutating func get(_ uri: String) -> JSONValue { json(send(.get, uri)) }

    mutating func post(_ uri: String, _ body: String) -> JSONValue { json(send(.post, uri, body)) }

    /// The object as a GET shows it, without its envelope.
    mutating func object(_ type: String, _ uuid: String, _ query: String = "") -> JSONValue {
        get("/\(type)/\(uuid)\(query)")[type] ?? .null
    }

    /// Creates an object and returns its UUID.
    mutating func create(_ type: String, _ name: [String], parent: String? = nil, _ members: String = "") -> String {
        let parentType = parent.map { ", \"parent_type\": \"\($0)\"" } ?? ""
        let list = String(decoding: FullyQualifiedName.json(name), as: UTF8.self)
        let reply = post("/\(type)s", "{\"\(type)\": {\"fq_name\": \(list)\(parentType)\(members.isEmpty ? "" : ", " + members)}}")
        return reply[type]?["uuid"]?.string ?? ""
    }

    /// Creates an object that must be refused.
    mutating func expectNotCreated(
        _ type: String, _ name: [String], parent: String? = nil, _ members: String = "", status: Int = 400, _ text: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let parentType = parent.map { ", \"parent_type\": \"\($0)\"" } ?? ""
        let list = String(decoding: FullyQualifiedName.json(name), as: UTF8.self)
        expectRefused(
            .post, "/\(type)s", "{\"\(type)\": {\"fq_name\": \(list)\(parentType)\(members.isEmpty ? "" : ", " + members)}}",
            status: status, text,
            sourceLocation: sourceLocation)
    }

    /// Changes an object in a way that must be refused.
    mutating func expectNotChanged(
        _ type: String, _ uuid: String, _ members: String, status: Int = 400, _ text: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        expectRefused(
            .put, "/\(type)/\(uuid)", "{\"\(type)\": {\(members)}}", status: status, text, sourceLocation: sourceLocation)
    }

    /// Sends a request that must be refused, and change nothing.
    mutating func expectRefused(
        _ method: Request.Method, _ uri: String, _ body: String = "", status: Int = 400, _ text: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let before = rows
        let reply = send(method, uri, body)
        #expect(
            reply.status == status && reply.text.contains(text), "\(reply.status) \(reply.text)", sourceLocation: sourceLocation)
        #expect(rows == before, sourceLocation: sourceLocation)
    }

    /// Changes an object.
    mutating func change(_ type: String, _ uuid: String, _ members: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let reply = send(.put, "/\(type)/\(uuid)", "{\"\(type)\": {\(members)}}")
        #expect(reply.status == 200, "\(reply.status) \(reply.text)", sourceLocation: sourceLocation)
    }

    /// The UUID of an object by its name; empty when there is none.
    mutating func uuid(_ type: String, _ name: String) -> String {
        get("/\(type)s?fq_names=\(name)")["\(type)s"]?.uuids.first ?? ""
    }

    /// A port in the default network.
    mutating func createPort(_ name: String, _ members: String = "") -> String {
        create(
            "virtual-machine-interface", project + [name], parent: "project",
            "\"virtual_network_refs\": [{\"to\": [\"default-domain\", \"default-project\", \"default-virtual-network\"]}]"
                + (members.isEmpty ? "" : ", " + members))
    }

    private func json(_ reply: Reply) -> JSONValue {
        #expect(reply.status == 200, "\(reply.status): \(String(decoding: reply.body, as: UTF8.self))")
        do {
            return reply.body.isEmpty ? .null : try JSONValue(parsing: reply.body)
        } catch {
            Issue.record("the reply is not JSON: \(error)")
            return .null
        }
    }

    // MARK: Changes

    /// Takes over what a decision came to.
    mutating func accept(_ transaction: Transaction) { apply(transaction) }

    private mutating func apply(_ transaction: Transaction) {
        for change in transaction.rows(service.types) {
            switch change {
            case .put(let row): rows[row.number] = row
            case .remove(let number): rows[number] = nil
            case .setValue(let key, let value): values[key] = value
            case .removeValue(let key): values[key] = nil
            }
        }
        image.apply(transaction)
    }

    /// The image that a restart would come up with.
    func reloaded() throws -> Image {
        var loader = ImageLoader(service.types)
        for (_, row) in rows.sorted(by: { $0.key < $1.key }) { try loader.add(row) }
        for (key, value) in values { loader.addValue(key, value) }
        return try loader.finish()
    }

    /// Everything that a client can see of an image.
    func dump(_ image: Image) throws -> [String] {
        var lines: [String] = []
        for type in service.types.entries {
            var target = try RequestTarget("/\(type.resource.collection)?count=true")
            let operation = try service.operation(Request(.get, target, base: Self.base))
            lines.append(String(decoding: service.read(operation, image).body, as: UTF8.self))
            image.forEachObject(of: type.number) { identity in
                target.segments = [type.name, identity.uuid.description]
                target.query = []
                let request = Request(.get, target, base: Self.base)
                if let operation = try? service.operation(request) {
                    lines.append(String(decoding: service.read(operation, image).body, as: UTF8.self))
                }
                return true
            }
        }
        image.allocations.forEach { entry in
            lines.append("\(entry.space) \(entry.number) \(entry.owner)")
            return true
        }
        image.values.forEach { entry in
            lines.append("\(entry.key) \(String(decoding: entry.value, as: UTF8.self))")
            return true
        }
        return lines
    }

    /// The image that requests made and the one that a restart would make show the same.
    func expectReloadsAsItIs(_ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let reloaded = try reloaded()
        #expect(try dump(reloaded) == dump(image), comment, sourceLocation: sourceLocation)
        #expect(reloaded.lastNumber <= image.lastNumber, comment, sourceLocation: sourceLocation)
        // Nor does anything in it contradict itself, or hold a number for nothing.
        let findings = try service.findings(in: rows.sorted { $0.key < $1.key }.map(\.value))
        #expect(findings.map(\.description) == [], comment, sourceLocation: sourceLocation)
    }
}

extension ConfigurationService {
    /// What a check says of these rows.
    func findings(in rows: [ObjectRow]) throws -> [ConfigurationFinding] {
        var check = ConfigurationCheck(self)
        for row in rows { check.add(row) }
        return try check.finish(ListedRows(rows: rows)).all
    }
}

private struct ListedRows: StoredRows {
    let rows: [ObjectRow]

    func forEachObject(_ body: (ObjectRow) throws(StoreError) -> Void) throws(StoreError) {
        for row in rows { try body(row) }
    }

    func forEachValue(_ body: (_ key: String, _ value: [UInt8]) throws(StoreError) -> Void) throws(StoreError) {}

    func object(_ number: UInt64) -> ObjectRow? { rows.first { $0.number == number } }
}

/// Numbers that look random and are the same in every run. A class, as a server and its copies share one sequence.
final class SequenceGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64 = 1) { state = seed }

    /// SplitMix64.
    func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}

extension Reply {
    var text: String { String(decoding: body, as: UTF8.self) }
}

extension JSONValue {
    /// The UUIDs of a list of references, children or list lines.
    var uuids: [String] { elements.compactMap { $0["uuid"]?.string } }
    /// The last element of each name in a list of references or children.
    var names: [String] { elements.compactMap { ($0["to"] ?? $0["fq_name"])?.elements.last?.string } }
}

let project = ["default-domain", "default-project"]
