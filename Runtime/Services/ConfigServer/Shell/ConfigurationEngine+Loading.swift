// Reading the whole store: at the start, and again when what others stored meanwhile is no longer to be had piece by piece.

import ConfigServerCore
import Logging

extension ConfigurationEngine {
    func load(_ writing: inout Writing) throws(StoreError) {
        var log: [ChangeRow] = []
        let (image, unknownTypes, position) = try LoadingLine.load(service.types) { object, value throws(StoreError) in
            try store.load(object: object, value: value, change: { row throws(StoreError) in log.append(row) })
        }
        for (type, count) in unknownTypes.sorted(by: { $0.key < $1.key }) {
            logger.warning(
                "objects of a type that the schema does not have stay in the store, unseen",
                metadata: ["type": "\(type)", "count": "\(count)"])
        }
        var history = ChangeHistory<FeedEntry>(after: log.first.map { $0.revision - 1 } ?? position.revision, self.history)
        for row in log {
            guard let change = service.change(row, in: image) else { continue }
            history.append(FeedEntry(change), revision: change.revision, weight: change.weight)
        }
        feed.begin(with: history)
        writing.image = image
        writing.position = position
        try addDefaultObjects(&writing)
        publish(writing, [])
        logger.info(
            "configuration loaded", metadata: ["objects": "\(writing.image.objectCount)", "revision": "\(writing.position.revision)"])
    }

    private func addDefaultObjects(_ writing: inout Writing) throws(StoreError) {
        while true {
            let transaction: Transaction
            do {
                transaction = try service.defaultObjects(missingFrom: writing.image, now: now(), random: SystemRandomNumberGenerator())
            } catch {
                // The objects are this program's own, so that is a mistake in it or in the schema it was built from.
                throw StoreError(.unusable, "the default objects cannot be made: \(error.message)")
            }
            guard !transaction.isEmpty else { return }
            let changes = service.changes(
                of: transaction, to: writing.image, after: writing.position.revision, note: ChangeNote(time: now(), call: "start"))
            let commit = Commit(rows: transaction.rows(service.types), log: changes.map { service.row($0) })
            switch try store.append(commit, after: writing.position) {
            case .stored:
                writing.image.apply(transaction)
                writing.position = writing.position.after(commit)
                feed.publish(changes)
                logger.info("default objects made", metadata: ["changes": "\(transaction.changes.count)"])
                return
            // Another server starts at the same moment.
            case .overtaken(let commits): feed.publish(try takeOver(commits, &writing))
            }
        }
    }
}
