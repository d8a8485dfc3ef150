// The order in which objects of files are made: parents before children, what is referred to before what refers to it. References that go
// round in a circle are left out at first and added when all are there. Deletion goes the other way.

import Coding
import Resources

struct ApplyPlan {
    struct Step {
        let document: ObjectDocument
        /// Members of references that wait until everything is there.
        var deferred: Set<String> = []
    }

    private(set) var steps: [Step] = []

    init(_ documents: [ObjectDocument]) throws(CommandError) {
        var indexes: [Key: Int] = [:]
        for (index, document) in documents.enumerated() {
            if let other = indexes.updateValue(index, forKey: Key(document.type.name, document.fullyQualifiedName)) {
                throw CommandError(.invalid, "\(document.place): \(document.title) is in \(documents[other].place) as well; keep one")
            }
        }
        var parents: [Int?] = []
        var targets: [[Int]] = []
        for document in documents {
            parents.append(document.parentType.flatMap { indexes[Key($0, document.fullyQualifiedName.dropLast())] })
            targets.append(document.targets.compactMap { indexes[Key($0.type, $0.name)] })
        }
        var isDone = [Bool](repeating: false, count: documents.count)
        var waiting = Array(documents.indices)
        while !waiting.isEmpty {
            // In the order of the files as far as that is possible.
            if let next = waiting.firstIndex(where: { index in
                parents[index].map { isDone[$0] } ?? true && targets[index].allSatisfy { isDone[$0] || $0 == index }
            }) {
                let index = waiting.remove(at: next)
                let isOwn = targets[index].contains(index)
                append(documents[index], deferring: isOwn ? { $0 == Key(documents[index]) } : { _ in false })
                isDone[index] = true
                continue
            }
            // A circle. Parents never are in one: each name is longer than its parent's.
            guard let next = waiting.firstIndex(where: { parents[$0].map { isDone[$0] } ?? true }) else { return }
            let index = waiting.remove(at: next)
            let missing = Set(targets[index].filter { !isDone[$0] }.map { Key(documents[$0]) })
            append(documents[index], deferring: missing.contains)
            isDone[index] = true
        }
    }

    private mutating func append(_ document: ObjectDocument, deferring isMissing: (Key) -> Bool) {
        var step = Step(document: document)
        for reference in document.type.references {
            let elements = document.members.last { $0.key == reference.key }?.value.elements ?? []
            if elements.contains(where: { isMissing(Key(reference.target, $0.names("to"))) }) { step.deferred.insert(reference.key) }
        }
        steps.append(step)
    }

    private struct Key: Hashable {
        let type: String
        let name: [String]

        init(_ type: String, _ name: some Sequence<String>) {
            self.type = type
            self.name = Array(name)
        }

        init(_ document: ObjectDocument) { self.init(document.type.name, document.fullyQualifiedName) }
    }
}
