// The port API, request by request: the reply, and what is written to disk.

import AgentCore
import Coding
import NetworkTypes
import Testing

private let id = "0f8fad5b-d9cb-469f-a165-70867728950e"
private let other = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
private let workload = "550e8400-e29b-41d4-a716-446655440000"

private func port(_ id: String = id, device: String = "tap1") -> String {
    """
    {"id": "\(id)", "instance-id": "\(workload)", "vn-id": "", "vm-project-id": "", "display-name": "web", "ip-address": "10.1.1.3",
     "ip6-address": "", "type": 0, "system-name": "\(device)", "mac-address": "02:00:5e:10:00:01", "rx-vlan-id": -1, "tx-vlan-id": -1}
    """
}

private struct Session {
    var service = PortService()
    var files: [String: [UInt8]] = [:]
    var addressing: [UUIDValue: PortAddressing] = [:]

    mutating func send(_ method: PortRequest.Method, _ path: String, _ body: String = "", at now: UInt64 = 0) -> (Int, String) {
        let (reply, effects) = service.handle(
            PortRequest(method, path, body: Array(body.utf8)), addressing: addressing, now: now, time: "2026-01-01T00:00:00Z")
        apply(effects)
        return (reply.status, String(decoding: reply.body, as: UTF8.self))
    }

    mutating func apply(_ effects: [PortEffect]) {
        for effect in effects {
            switch effect {
            case .write(let file, let bytes): files[file] = bytes
            case .remove(let file): files[file] = nil
            }
        }
    }
}

@Suite struct PortServiceTests {
    @Test func aPortComesAndGoes() throws {
        var session = Session()
        #expect(session.send(.post, "/port", port()) == (200, "{}"))
        #expect(session.files.keys.sorted() == [id])
        let (status, shown) = session.send(.get, "/port/\(id)")
        #expect(status == 200)
        #expect(try Port(json: shown).device == "tap1")
        #expect(session.send(.put, "/disable-port/\(id)") == (200, "{}"))
        #expect(session.service.ports.values.first?.isLinkUp == false)
        #expect(session.send(.delete, "/port/\(id)") == (200, "{}"))
        #expect(session.files.isEmpty)
        #expect(session.send(.delete, "/port/\(id)") == (200, "{}"), "gone is gone")
        #expect(session.send(.get, "/port/\(id)").0 == 404)
    }

    @Test func anArrayIsTakenWholeOrNotAtAll() {
        var session = Session()
        let bad = port(other, device: "tap2").replacing("10.1.1.3", with: "10.1.1")
        let (status, text) = session.send(.post, "/port", "[\(port()), \(bad)]")
        #expect(status == 400)
        #expect(text.contains("Invalid Json string ==>") && text.contains("ip-address"))
        #expect(session.files.isEmpty && session.service.ports.isEmpty)
        #expect(session.send(.post, "/port", "[\(port()), \(port(other, device: "tap2"))]").0 == 200)
        #expect(session.files.count == 2)
    }

    @Test(arguments: [
        ("\"id\": \"\(id)\"", "\"id\": \"no-uuid\"", "id"), ("02:00:5e:10:00:01", "01:00:5e:10:00:01", "mac-address"),
        ("\"type\": 0", "\"type\": 7", "type"), ("tap1", "a-name-that-is-too-long", "system-name"), ("tap1", "../../etc", "system-name"),
        ("\"rx-vlan-id\": -1", "\"rx-vlan-id\": 5000", "rx-vlan-id"), ("}", "", ""), ("{", "[[", ""),
    ])
    func whatIsRefusedSaysWhy(found: String, replacement: String, member: String) {
        var session = Session()
        let (status, text) = session.send(.post, "/port", port().replacing(found, with: replacement))
        #expect(status == 400)
        #expect(text.contains(member))
        #expect(session.service.ports.isEmpty)
    }

    @Test func filesBringEverythingBack() throws {
        var session = Session()
        _ = session.send(.post, "/port", port())
        _ = session.send(.post, "/vm", registration)
        var restarted = PortService()
        for (file, bytes) in session.files { try restarted.load(file: file, bytes) }
        #expect(restarted.ports == session.service.ports)
        #expect(restarted.registrations == session.service.registrations)
        #expect(throws: CodingError.self) { try restarted.load(file: other, Array("{\"id\": 7".utf8)) }
        #expect(restarted.ports == session.service.ports)
    }

    @Test func whatIsNotAddedAgainAfterASyncGoes() {
        var session = Session()
        _ = session.send(.post, "/port", "[\(port()), \(port(other, device: "tap2"))]")
        #expect(session.send(.post, "/syncports", at: 1000).0 == 200)
        _ = session.send(.post, "/port", port(), at: 2000)
        #expect(session.service.nextTick == 61_000)
        session.apply(session.service.tick(at: 60_999))
        #expect(session.files.count == 2)
        session.apply(session.service.tick(at: 61_000))
        #expect(session.files.keys.sorted() == [id])
        #expect(session.service.nextTick == nil)
    }

    @Test func aDeviceBelongsToOnePort() {
        var session = Session()
        _ = session.send(.post, "/port", port())
        let (status, text) = session.send(.post, "/port", port(other))
        #expect(status == 409)
        #expect(text.contains(id))
    }

    private let registration = """
        {"vm-uuid": "\(workload)", "vmi-uuid": "\(id)", "vn-uuid": "", "vm-name": "pod", "host-ifname": "veth1", "vm-ifname": "eth0"}
        """

    @Test func aContainerAsksUntilItsConfigurationIsThere() throws {
        var session = Session()
        #expect(session.send(.get, "/vm/\(workload)").0 == 404)
        #expect(session.send(.post, "/vm", registration).0 == 200)
        #expect(session.files.keys.sorted() == ["vm/\(id)"])
        let (early, text) = session.send(.get, "/vm/\(workload)/\(id)")
        #expect(early == 404 && text.contains("not arrived"))
        var addressing = PortAddressing(workloadName: "pod", networkName: "default-domain:shop:blue", prefixLength: 24)
        addressing.address = IPv4Address(10, 1, 1, 3)
        addressing.gateway = IPv4Address(10, 1, 1, 1)
        addressing.mac = MACAddress(2, 0, 0x5E, 0x10, 0, 1)
        session.addressing[try UUIDValue(parsing: id)] = addressing
        let (status, body) = session.send(.get, "/vm/\(workload)/\(id)")
        #expect(status == 200)
        for part in [#""ip-address":"10.1.1.3""#, #""plen":24"#, #""gateway":"10.1.1.1""#, #""system-name":"veth1""#] {
            #expect(body.replacing(" ", with: "").contains(part), "\(part) in \(body)")
        }
        #expect(session.send(.get, "/vm-cfg/pod").1.contains("default-domain:shop:blue"))
        #expect(session.service.attached(session.addressing)[try UUIDValue(parsing: id)]?.device == "veth1")
        #expect(session.send(.delete, "/vm/\(workload)").0 == 200)
        #expect(session.files.isEmpty)
    }

    @Test func whatDoesNotExistIsSaid() {
        var session = Session()
        #expect(session.send(.get, "/nothing").0 == 404)
        #expect(session.send(.get, "/port/no-uuid").0 == 400)
        #expect(session.send(.post, "/gateway", "[]").0 == 501)
        #expect(session.send(.get, "").0 == 404)
    }

    /// Any bytes as the body of any request: a reply, and nothing lost.
    @Test func mutatedBodies() {
        let seed = UInt64.anySeed
        var random = SeededGenerator(seed: seed)
        var session = Session()
        _ = session.send(.post, "/port", port(other, device: "tap9"))
        let original = Array(port().utf8)
        for round in 0..<3000 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            let (reply, effects) = session.service.handle(
                PortRequest(.post, "/port", body: bytes), addressing: [:], now: 0, time: "")
            #expect(reply.status == 200 || effects.isEmpty, "seed \(seed), round \(round)")
            #expect((try? UUIDValue(parsing: other)).map { session.service.ports[$0] != nil } == true, "seed \(seed), round \(round)")
        }
    }
}
