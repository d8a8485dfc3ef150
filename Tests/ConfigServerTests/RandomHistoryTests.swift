// Long random histories of requests that make sense. After each the image must be the one that a restart would load, and nothing in it may
// point to anything that is not there.

import Coding
import Testing

@testable import ConfigServerCore

@Suite struct RandomHistoryTests {
    @Test(arguments: [11, 12, 13, 14, 15, 16]) func theImageIsAFunctionOfTheRows(seed: UInt64) throws {
        var history = History(seed: seed)
        for step in 0..<400 {
            history.step()
            if step % 40 == 0 { try history.check(step) }
        }
        try history.check(400)
        #expect(history.succeeded > 150, "most requests make sense: \(history.succeeded)")
    }
}

private struct History {
    var server = TestServer()
    var random: SequenceGenerator
    var succeeded = 0
    private var objects: [(type: String, uuid: String, name: [String])] = []

    init(seed: UInt64) { random = SequenceGenerator(seed: seed) }

    mutating func step() {
        let status: Int
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<4: status = create()
        case 4..<6: status = update()
        case 6..<8: status = reference()
        default: status = delete()
        }
        if status == 200 { succeeded += 1 }
    }

    private mutating func pick(_ type: String) -> (type: String, uuid: String, name: [String])? {
        objects.filter { $0.type == type }.randomElement(using: &random)
    }

    private mutating func create() -> Int {
        let number = Int.random(in: 0..<12, using: &random)
        let type =
            ["project", "virtual-network", "network-policy", "network-ipam", "security-group", "virtual-machine-interface"]
            .randomElement(using: &random) ?? "project"
        let owner = pick("project")?.name ?? project
        let name = type == "project" ? ["default-domain", "p\(number)"] : owner + ["\(type)-\(number)"]
        var members = ""
        if type == "virtual-network", let other = pick("virtual-network") {
            members = ", \"virtual_network_refs\": [{\"uuid\": \"\(other.uuid)\"}]"
        }
        if type == "virtual-machine-interface", let network = pick("virtual-network") {
            members = ", \"virtual_network_refs\": [{\"uuid\": \"\(network.uuid)\"}]"
        }
        let list = String(decoding: FullyQualifiedName.json(name), as: UTF8.self)
        let reply = server.send(.post, "/\(type)s", "{\"\(type)\": {\"fq_name\": \(list)\(members)}}")
        if reply.status == 200, let uuid = (try? JSONValue(parsing: reply.body))?[type]?["uuid"]?.string {
            objects.append((type, uuid, name))
        }
        return reply.status
    }

    private mutating func update() -> Int {
        guard let object = objects.randomElement(using: &random) else { return 0 }
        let bodies = [
            #""display_name": "x""#, #""display_name": null"#, #""annotations": {"key_value_pair": [{"key": "a", "value": "b"}]}"#,
            #""mtu": 1500"#, #""is_shared": true"#,
        ]
        let member = bodies.randomElement(using: &random) ?? ""
        return server.send(.put, "/\(object.type)/\(object.uuid)", "{\"\(object.type)\": {\(member)}}").status
    }

    private mutating func reference() -> Int {
        let pairs = [
            ("virtual-network", "network-policy"), ("virtual-network", "network-ipam"), ("virtual-network", "virtual-network"),
            ("virtual-machine-interface", "security-group"),
        ]
        guard let (from, to) = pairs.randomElement(using: &random), let source = pick(from), let target = pick(to) else { return 0 }
        let operation = Bool.random(using: &random) ? "ADD" : "DELETE"
        if Int.random(in: 0..<6, using: &random) == 0 {
            return server.send(.post, "/ref-relax-for-delete", "{\"uuid\": \"\(source.uuid)\", \"ref-uuid\": \"\(target.uuid)\"}").status
        }
        return server.send(
            .post, "/ref-update",
            "{\"type\": \"\(from)\", \"uuid\": \"\(source.uuid)\", \"ref-type\": \"\(to)\", \"ref-uuid\": \"\(target.uuid)\", \"operation\": \"\(operation)\"}"
        ).status
    }

    private mutating func delete() -> Int {
        guard let index = objects.indices.randomElement(using: &random) else { return 0 }
        let reply = server.send(.delete, "/\(objects[index].type)/\(objects[index].uuid)")
        if reply.status == 200 { objects.remove(at: index) }
        return reply.status
    }

    func check(_ step: Int) throws {
        try server.expectReloadsAsItIs("after \(step) steps")
        let image = server.image
        var held: Set<Allocation> = []
        image.objects.forEach { entry in
            let identity = entry.state.identity
            if let parent = identity.parent {
                #expect(image.state(parent.uuid)?.identity === parent, "the parent of \(identity.joinedName)")
            }
            for reference in entry.state.references {
                #expect(image.state(reference.target.uuid)?.identity === reference.target, "a reference of \(identity.joinedName)")
            }
            for allocation in entry.state.allocations { #expect(held.insert(allocation).inserted, "\(allocation) twice") }
            return true
        }
        #expect(held.count == image.allocations.count)
        #expect(image.names.count == image.objects.count)
    }
}
