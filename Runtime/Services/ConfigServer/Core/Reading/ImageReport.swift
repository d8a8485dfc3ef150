// What the server says about its own data: how much there is (`/obj-cache`), and whether it hangs together (`/db-check`).

import Coding
import NetworkTypes

struct ImageReport {
    let image: Image
    let types: TypeTable

    /// Objects that a request can ask for at once.
    private static let most = 1000
    /// Findings that are told; the rest is counted.
    private static let mostFindings = 1000

    // MARK: How much there is

    /// `GET /obj-cache`: every object is in memory, so what is cached is what there is.
    func sizes() -> Reply {
        .object(reserving: 8192) { writer in
            writer.member("objects", image.objectCount)
            writer.member("relations", image.relations.count)
            writer.member("allocations", image.allocations.count)
            writer.member("values", image.values.count)
            writer.key("types")
            writer.beginObject()
            for type in types.entries {
                let count = image.objectCount(of: type.number)
                guard count > 0 else { continue }
                writer.key(type.name)
                writer.value(count)
            }
            writer.endObject()
        }
    }

    /// `POST /obj-cache` with `{uuids}`, or `{count}` for the first ones: what each takes.
    func sizes(_ body: JSONValue) throws(Refusal) -> Reply {
        var states: [ObjectState] = []
        let wanted = body["uuids"]?.elements ?? []
        guard wanted.count <= Self.most else { throw Refusal(400, "Bad Request, uuids has more than \(Self.most) elements") }
        if wanted.isEmpty {
            let count = body["count"].flatMap(\.integer) ?? 10
            guard 0...Self.most ~= count else { throw Refusal(400, "Bad Request, count must be from 0 to \(Self.most)") }
            image.objects.forEach { entry in
                if states.count < count { states.append(entry.state) }
                return states.count < count
            }
        } else {
            states = wanted.compactMap { $0.string.flatMap { UUIDValue(anySpelling: $0) }.flatMap { image.state($0) } }
        }
        return .object { writer in
            writer.key("objects")
            writer.beginArray()
            for state in states {
                writer.beginObject()
                writer.member("uuid", state.identity.uuid.description)
                writer.member("type", types[state.identity.type].name)
                writer.key("fq_name")
                writer.raw(state.identity.name)
                writer.member("property_bytes", state.properties.text.count)
                writer.member("references", state.references.count)
                writer.endObject()
            }
            writer.endArray()
        }
    }

    // MARK: Whether it hangs together

    /// `POST /db-check`: nothing is changed.
    func check() -> Reply {
        var findings: [String] = []
        var count = 0
        func find(_ text: @autoclosure () -> String) {
            count += 1
            if findings.count < Self.mostFindings { findings.append(text()) }
        }
        image.objects.forEach { entry in
            let identity = entry.state.identity
            func label(_ identity: Identity) -> String { "\(types[identity.type].name) \(identity.joinedName) (\(identity.uuid))" }
            if let parent = identity.parent {
                if image.state(parent.uuid)?.identity !== parent {
                    find("\(label(identity)) is below \(label(parent)), which is not there")
                }
                if identity.elements.dropLast() != parent.elements[...] {
                    find("\(label(identity)) is not named after \(label(parent)), its parent")
                }
            }
            if image.identity(identity.type, named: identity.name) !== identity { find("\(label(identity)) is not found by its name") }
            for reference in entry.state.references where image.state(reference.target.uuid)?.identity !== reference.target {
                find("\(label(identity)) refers to \(label(reference.target)), which is not there")
            }
            for allocation in entry.state.allocations where image.owner(of: allocation) != identity.uuid {
                find("\(label(identity)) has the number \(allocation.number) of \(allocation.space), which another object has as well")
            }
            for (type, key) in Self.numbers where types[identity.type].name == type && entry.state.properties[key] == nil {
                find(
                    "\(label(identity)) has no \(key): an older server made it, and it does not suit today's rules; change it so that it does"
                )
            }
            return true
        }
        image.allocations.forEach { entry in
            let allocation = Allocation(space: entry.space, number: entry.number)
            if image.state(entry.owner)?.allocations.contains(allocation) != true {
                find("the number \(entry.number) of \(entry.space) belongs to \(entry.owner), which does not have it")
            }
            return true
        }
        let total = count
        return .object { writer in
            writer.member("results", findings)
            writer.member("count", total)
            writer.member("objects", image.objectCount)
        }
    }

    /// What every object of a type has from the server.
    private static let numbers = [
        ("virtual-network", "virtual_network_network_id"), ("security-group", "security_group_id"), ("tag", "tag_id"),
        ("tag-type", "tag_type_id"), ("sub-cluster", "sub_cluster_id"),
    ]
}
