// Objects that do not exist yet, from words of a command line or documents; and changes made in an editor.

import Client
import Coding
import Resources

extension ObjectAccess {
    /// The object that an object of a type may be below, whatever type that is of.
    public func parent(of type: ResourceType, _ text: String) async throws(CommandError) -> ObjectName {
        let parents = type.parents.map(\.type).compactMap { schema.catalogue[$0] }
        guard !parents.isEmpty else { throw CommandError(.invalid, "a \(type.name) lives below the root: it belongs to no other object") }
        var missing: CommandError?
        for parent in parents {
            do throws(CommandError) {
                var name = try await find(parent, text)
                if name.fullyQualifiedName.isEmpty { name = try await read(parent, uuid: name.uuid).name }
                return name
            } catch {
                guard error.kind == .notFound else { throw error }
                if missing == nil { missing = error }
            }
        }
        guard parents.count > 1 else { throw missing ?? CommandError(.notFound, "there is no \(parents[0].name) '\(text)'") }
        throw CommandError(.notFound, "there is no \(parents.map(\.name).joined(separator: " or ")) '\(text)'")
    }

    /// A new object as a server takes it.
    public func newObject(
        _ type: ResourceType, _ name: String, below parent: ObjectName?, _ assignments: [Assignment]
    ) async throws(CommandError) -> JSONValue {
        var place = ObjectPlace()
        if let parent {
            (place.fullyQualifiedName, place.parentType) = (parent.fullyQualifiedName + [name], parent.type)
        } else if name.contains(":"), !schema.possibleLengths(of: type.name).contains(1) {
            place.fullyQualifiedName = name.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        } else {
            place.name = name
        }
        let (whole, parentType) = try place.resolve(type, schema, project: project)
        var members = [JSONValue.Member(key: "fq_name", value: .array(whole.map(JSONValue.string)))]
        if let parentType { members.append(.init(key: "parent_type", value: .string(parentType))) }
        for change in try await changes(assignments, of: type, current: .object([]), named: whole) where change.after != .null {
            members.append(.init(key: change.key, value: change.after))
        }
        return .object(members)
    }

    /// Creates the object of a document.
    public func create(_ document: ObjectDocument, trial: Bool) async throws(CommandError) -> ObjectName {
        do throws(CommandError) {
            return try await create(document.type, try await resolved([document])[0].asNew(schema).object, trial: trial)
        } catch {
            throw error.at(document.place)
        }
    }

    /// What an editor changed: members that are different, and those that are gone.
    public func edited(
        _ object: StoredObject, from before: String, to after: String, file: String
    ) async throws(CommandError) -> [MemberChange] {
        let was = try DocumentReader.read(before, file: file, schema: schema, project: project)
        let read = try await resolved(try DocumentReader.read(after, file: file, schema: schema, project: project))
        guard read.count == 1, let now = read.first, let old = was.first else {
            throw CommandError(.invalid, "\(file): there must be one object in it, there are \(read.count)")
        }
        guard now.type.name == old.type.name, now.fullyQualifiedName == old.fullyQualifiedName, now.uuid == old.uuid else {
            throw CommandError(.invalid, "\(file): kind, name and uuid of an object cannot change")
        }
        // Everything was in the file: what differs is as the file has it, whole.
        var changes: [MemberChange] = []
        for member in now.members where member.value != old.members.last(where: { $0.key == member.key })?.value {
            changes.append(MemberChange(key: member.key, before: object.value[member.key] ?? .null, after: member.value))
        }
        for member in old.members where !now.members.contains(where: { $0.key == member.key }) {
            changes.append(MemberChange(key: member.key, before: member.value, after: .null))
        }
        return changes
    }
}

/// Events of a watch as JSON.
public enum WatchText {
    /// One line: `{"event":"created","revision":7,"kind":"virtual-network","fq_name":[…],…}`.
    public static func json(_ event: String, _ object: WatchedObject, _ revision: UInt64?) -> String {
        var members: [JSONValue.Member] = [.init(key: "event", value: .string(event))]
        if let revision { members.append(.init(key: "revision", value: .integer(revision))) }
        members.append(.init(key: "kind", value: .string(object.type)))
        members.append(.init(key: "fq_name", value: .array(object.fullyQualifiedName.map(JSONValue.string))))
        members.append(.init(key: "uuid", value: .string(object.uuid)))
        if let parent = object.parentType { members.append(.init(key: "parent_type", value: .string(parent))) }
        for (key, bytes) in object.properties.sorted(by: { $0.key < $1.key }) {
            // It came out of JSON, as it is.
            if let value = try? JSONValue(parsing: bytes), value != .null { members.append(.init(key: key, value: value)) }
        }
        var references: [String: [JSONValue]] = [:]
        for reference in object.references {
            var value: [JSONValue.Member] = [.init(key: "to", value: .array(reference.to.map(JSONValue.string)))]
            if let data = reference.data, let attribute = try? JSONValue(parsing: data), attribute != .null {
                value.append(.init(key: "attr", value: attribute))
            }
            references[reference.member, default: []].append(.object(value))
        }
        for (key, values) in references.sorted(by: { $0.key < $1.key }) { members.append(.init(key: key, value: .array(values))) }
        return String(decoding: JSONValue.object(members).bytes, as: UTF8.self)
    }
}
