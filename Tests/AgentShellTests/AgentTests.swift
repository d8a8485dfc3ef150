// The whole agent without a forwarder and control nodes: it serves ports all the same, keeps them, and says what the disk does to it.

import AgentCore
import Foundation
import FoundationNetworking
import Glibc
import NIOCore
import NetworkTypes
import Testing

@testable import Agent

private let first = "01234567-89ab-cdef-0123-456789abcdef"
private let second = "11234567-89ab-cdef-0123-456789abcdef"

@Suite struct AgentTests {
    private let folder = TemporaryFolder()

    private func start() async throws -> Agent {
        let host = HostParameters(
            name: "host-a", address: IPv4Address(192, 0, 2, 1), prefixLength: 24, mac: MACAddress(2, 0, 0, 0, 0, 1), physicalDevice: "eth0")
        var options = AgentOptions(
            AgentEngineOptions(host: host, controlNodes: []), forwarderSocket: folder.path + "/vrouter.sock",
            dataDirectory: folder.path + "/data")
        options.port = 0
        return try await Agent.start(options, quiet)
    }

    private func ask(_ agent: Agent, _ method: String, _ path: String, _ body: String = "") async throws -> (status: Int, body: String) {
        var request = URLRequest(url: try #require(URL(string: "http://\(agent.address)\(path)")))
        request.httpMethod = method
        request.httpBody = body.isEmpty ? nil : Data(body.utf8)
        let (data, response) = try await URLSession.shared.data(for: request)
        return ((response as? HTTPURLResponse)?.statusCode ?? 0, String(decoding: data, as: UTF8.self))
    }

    private func port(_ id: String, _ device: String) -> String {
        #"{"id":"\#(id)","system-name":"\#(device)","mac-address":"02:00:00:00:00:0a"}"#
    }

    @Test func portsOutliveTheAgent() async throws {
        var agent = try await start()
        #expect(try await ask(agent, "POST", "/port", "[\(port(first, "tap0")),\(port(second, "tap1"))]").status == 200)
        #expect(try await ask(agent, "DELETE", "/port/\(second)").status == 200)
        #expect(folder.names(in: "data/ports") == [first])
        await #expect { try await start() } throws: { "\($0)".contains("in use by another agent") }
        try await agent.stop()
        #expect(FileManager.default.createFile(atPath: folder.path + "/data/ports/\(second)", contents: Data("{".utf8)))
        agent = try await start()
        #expect(try await ask(agent, "GET", "/port/\(first)").body.contains(#""system-name":"tap0""#))
        #expect(try await ask(agent, "GET", "/port/\(second)").status == 404)
        #expect(try await ask(agent, "GET", "/status").body.contains(first))
        try await agent.stop()
        #expect(folder.bytes("data/ports/\(second)") == Array("{".utf8))
    }

    @Test func whatTheDiskRefusesIsNotSaidToBeDone() async throws {
        #expect(FileManager.default.createFile(atPath: folder.path + "/other", contents: nil))
        try FileManager.default.createDirectory(atPath: folder.path + "/data", withIntermediateDirectories: true)
        #expect(FileManager.default.createFile(atPath: folder.path + "/data/ports", contents: nil))
        let agent = try await start()
        let refused = try await ask(agent, "POST", "/port", port(first, "tap0"))
        #expect(refused.status == 500)
        #expect(refused.body.contains("is not a folder"))
        #expect(try await ask(agent, "GET", "/status").body.contains(#""files-refused":["ports/\#(first): "#))
        // Reading goes on, and so does everything else.
        #expect(try await ask(agent, "GET", "/port/\(first)").status == 200)
        #expect(try await ask(agent, "POST", "/port", port(second, "tap1")).status == 500)
        // The request is repeated once the disk is in order: what it says is true then.
        try FileManager.default.removeItem(atPath: folder.path + "/data/ports")
        #expect(try await ask(agent, "POST", "/port", port(first, "tap0")).status == 200)
        #expect(folder.names(in: "data/ports") == [first, second])
        #expect(try await ask(agent, "GET", "/status").body.hasSuffix(#""files-refused":[]}}"#))
        try await agent.stop()
    }

    @Test func anAddressThatIsTakenGivesTheFolderBack() async throws {
        let taken = try TestSocket.loopback(SOCK_STREAM)
        let host = HostParameters(
            name: "host-a", address: IPv4Address(192, 0, 2, 1), prefixLength: 24, mac: MACAddress(2, 0, 0, 0, 0, 1), physicalDevice: "eth0")
        var options = AgentOptions(
            AgentEngineOptions(host: host, controlNodes: []), forwarderSocket: "/nonexistent", dataDirectory: folder.path + "/data")
        options.port = taken.port
        let wrong = options
        await #expect { try await Agent.start(wrong, quiet) } throws: { "\($0)".contains("--listen") }
        try await start().stop()
    }

    @Test func thePacketSocketIsBesideTheForwarders() {
        let host = HostParameters(
            name: "a", address: IPv4Address(192, 0, 2, 1), prefixLength: 24, mac: MACAddress(2, 0, 0, 0, 0, 1), physicalDevice: "eth0")
        func options(_ packetSocket: String?, forwarder: String = "/run/tungsten/vrouter.sock") -> AgentOptions {
            AgentOptions(
                AgentEngineOptions(host: host, controlNodes: []), forwarderSocket: forwarder, packetSocket: packetSocket,
                dataDirectory: "")
        }
        #expect(options(nil).packetPlace == .socket("/run/tungsten/pkt0"))
        #expect(options("packets").packetPlace == .socket("/run/tungsten/packets"))
        #expect(options("packets").engine.host.agentDevice == "packets")
        #expect(options("packets").engine.host.agentTransport == .socket)
        #expect(options("packets", forwarder: "netlink").packetPlace == .device("packets"))
        #expect(options(nil, forwarder: "netlink").packetPlace == .device("pkt0"))
        #expect(options(nil, forwarder: "netlink").engine.host.agentTransport == .device)
        #expect(options("/tmp/packets").packetPlace == .socket("/tmp/packets"))
    }
}
