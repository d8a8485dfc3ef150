// Making a server's objects what files say: `apply`, `diff`, `delete -f`, and the writing half of `create`, `set` and `edit`.

import Coding
import Resources

/// What became of an object.
public struct ApplyOutcome: Sendable, Equatable {
    public enum Result: String, Sendable {
        case created
        case changed
        case unchanged
        case deleted
        case absent
    }

    public let title: String
    public let result: Result
    /// Of what was changed.
    public let members: [String]

    public init(title: String, result: Result, members: [String]) {
        self.title = title
        self.result = result
        self.members = members
    }

    /// `virtual-network default-domain:default-project:front changed (mtu)`
    public var line: String { "\(title) \(result.rawValue)" + (members.isEmpty ? "" : " (\(members.joined(separator: ", ")))") }
}

/// What an object is and what a file wants.
public struct ObjectDifference: Sendable {
    public let document: ObjectDocument
    public let exists: Bool
    public let changes: [MemberChange]
}

extension ObjectAccess {
    /// Makes objects what documents say. Doing it again changes nothing.
    ///
    /// - Parameters:
    ///   - trial: say what would be done, and do nothing.
    ///   - report: called for each object when it is done.
    public func apply(
        _ documents: [ObjectDocument], trial: Bool = false, report: (ApplyOutcome) -> Void
    ) async throws(CommandError) {
        let plan = try ApplyPlan(try await resolved(documents))
        var deferred: [(document: ObjectDocument, keys: Set<String>)] = []
        for step in plan.steps {
            do throws(CommandError) {
                report(try await apply(step, trial: trial))
            } catch {
                throw error.at(step.document.place)
            }
            if !step.deferred.isEmpty { deferred.append((step.document, step.deferred)) }
        }
        if trial { return }
        for (document, keys) in deferred {
            var rest = document
            rest.members.removeAll { !keys.contains($0.key) }
            do throws(CommandError) {
                guard let current = try await current(rest) else { continue }
                _ = try await write(rest.changes(from: current.value), to: current)
            } catch {
                throw error.at(document.place)
            }
        }
    }

    private func apply(_ step: ApplyPlan.Step, trial: Bool) async throws(CommandError) -> ApplyOutcome {
        let document = step.document
        guard let current = try await current(document) else {
            if !trial {
                var first = document.asNew(schema)
                first.members.removeAll { step.deferred.contains($0.key) }
                _ = try await create(document.type, first.object)
            }
            return ApplyOutcome(title: document.title, result: .created, members: [])
        }
        let changes = document.changes(from: current.value).filter { !step.deferred.contains($0.key) || trial }
        if !trial { try await write(changes, to: current) }
        return ApplyOutcome(
            title: document.title, result: changes.isEmpty ? .unchanged : .changed, members: changes.map(\.key))
    }

    /// What documents want otherwise than it is.
    public func differences(_ documents: [ObjectDocument]) async throws(CommandError) -> [ObjectDifference] {
        var result: [ObjectDifference] = []
        for step in try ApplyPlan(try await resolved(documents)).steps {
            let document = step.document
            do throws(CommandError) {
                let current = try await current(document)
                let changes = document.changes(from: current?.value ?? .object([]))
                if current == nil || !changes.isEmpty {
                    result.append(ObjectDifference(document: document, exists: current != nil, changes: changes))
                }
            } catch {
                throw error.at(document.place)
            }
        }
        return result
    }

    /// Deletes the objects of documents, children and what refers to others first.
    public func delete(_ documents: [ObjectDocument], report: (ApplyOutcome) -> Void) async throws(CommandError) {
        for step in try ApplyPlan(try await resolved(documents)).steps.reversed() {
            let document = step.document
            do throws(CommandError) {
                guard let current = try await current(document) else {
                    report(ApplyOutcome(title: document.title, result: .absent, members: []))
                    continue
                }
                try await delete(current.name)
                report(ApplyOutcome(title: document.title, result: .deleted, members: []))
            } catch {
                throw error.at(document.place)
            }
        }
    }

    /// The object that a document describes, as it is now; nil when there is none.
    func current(_ document: ObjectDocument) async throws(CommandError) -> StoredObject? {
        guard let uuid = try await uuid(document.type, named: document.fullyQualifiedName) else { return nil }
        if let wanted = document.uuid, wanted.lowercased() != uuid {
            throw CommandError(
                .conflict, "\(document.title) exists with another UUID, \(uuid); leave `uuid` out, or delete that object first")
        }
        return try await read(document.type, uuid: uuid)
    }

    /// Writes changes, if there are any, to an object that is still as it was read.
    public func write(_ changes: [MemberChange], to object: StoredObject, trial: Bool = false) async throws(CommandError) {
        guard !changes.isEmpty else { return }
        let members = changes.map { change in
            let isReference = object.type.references.contains { $0.key == change.key }
            return JSONValue.Member(key: change.key, value: isReference && change.after == .null ? .array([]) : change.after)
        }
        try await update(object, members, trial: trial)
    }
}
