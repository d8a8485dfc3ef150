// What the writer does, on its one thread: decides the batches of requests that wait, stores what they come to, and takes over what other
// servers stored.

import ConfigServerCore
import Logging
import Synchronization

extension ConfigurationEngine {
    // MARK: The writer

    func drain() {
        while true {
            let (batch, following) = queue.withLock { queue in
                let batch = Array(queue.waiting.prefix(Self.greatestBatch))
                queue.waiting.removeFirst(batch.count)
                let following = queue.following
                queue.following = []
                queue.isDraining = !batch.isEmpty || !following.isEmpty
                return (batch, following)
            }
            if batch.isEmpty, following.isEmpty { return }
            if !following.isEmpty {
                writing.withLock { follow(&$0) }
                for complete in following { complete() }
            }
            if batch.isEmpty { continue }
            let replies = writing.withLock { decideAndStore(batch, &$0) }
            for (write, reply) in zip(batch, replies) { write.complete(reply) }
        }
    }

    /// What a batch comes to on an image.
    private struct Outcome {
        var image: Image
        var commit = Commit()
        var changes: [ObjectChange] = []
        var replies: [Reply] = []
    }

    private func decide(_ batch: [PendingWrite], _ writing: inout Writing) -> Outcome {
        var outcome = Outcome(image: writing.image)
        outcome.replies.reserveCapacity(batch.count)
        for write in batch {
            writing.lastTimestamp = max(now(), Timestamp(microseconds: writing.lastTimestamp.microseconds + 1))
            let decision = service.decide(
                write.operation, outcome.image, now: writing.lastTimestamp, random: SystemRandomNumberGenerator())
            var reply = decision.reply
            if !decision.transaction.isEmpty {
                outcome.commit.rows += decision.transaction.rows(service.types)
                let revision = outcome.changes.last?.revision ?? writing.position.revision
                let made = service.changes(
                    of: decision.transaction, to: outcome.image, after: revision,
                    note: ChangeNote(write.operation, at: writing.lastTimestamp))
                reply.revision = made.last?.revision
                outcome.changes += made
                outcome.image.apply(decision.transaction)
            }
            outcome.replies.append(reply)
        }
        outcome.commit.log = outcome.changes.map { service.row($0) }
        return outcome
    }

    /// The replies to a batch, once they are true.
    private func decideAndStore(_ batch: [PendingWrite], _ writing: inout Writing) -> [Reply] {
        let start = Counters.now()
        // The image has everything that was stored when the batch came.
        var isCurrent = !store.isShared
        do throws(StoreError) {
            while true {
                let outcome = decide(batch, &writing)
                if outcome.commit.rows.isEmpty {
                    if isCurrent { return outcome.replies }
                    // A refusal may be due to what is no longer so.
                    isCurrent = true
                    let missed = try store.commits(after: writing.position)
                    if missed.isEmpty { return outcome.replies }
                    let changes = try takeOver(missed, &writing)
                    publish(writing, changes)
                    continue
                }
                switch try store.append(outcome.commit, after: writing.position) {
                case .stored:
                    writing.image = outcome.image
                    writing.position = writing.position.after(outcome.commit)
                    let count = outcome.replies.count { $0.revision != nil }
                    counters.stored(changes: count, in: Counters.now() - start, isFailure: false)
                    publish(writing, outcome.changes)
                    return outcome.replies
                case .overtaken(let commits):
                    counters.overtaken()
                    let changes = try takeOver(commits, &writing)
                    publish(writing, changes)
                }
            }
        } catch {
            counters.stored(changes: 0, in: Counters.now() - start, isFailure: true)
            logger.error(
                "changes could not be stored; the requests were refused",
                metadata: ["error": "\(error)", "count": "\(batch.count)"])
            if error.kind == .forgotten { follow(&writing) }
            let what =
                error.kind == .inDoubt
                ? "Whether the change was stored is not known; look before you try again"
                : "The change could not be stored, and nothing was changed"
            let refusal = Refusal(503, "\(what): \(error.message)").reply
            return batch.map { _ in refusal }
        }
    }

    // MARK: Others

    /// Takes over everything that others have stored.
    private func follow(_ writing: inout Writing) {
        do throws(StoreError) {
            do throws(StoreError) {
                let commits = try store.commits(after: writing.position)
                if !commits.isEmpty {
                    let changes = try takeOver(commits, &writing)
                    publish(writing, changes)
                }
            } catch {
                guard error.kind == .forgotten else { throw error }
                logger.warning("loading the configuration again", metadata: ["reason": "\(error)"])
                try load(&writing)
            }
            followingTrouble.withLock { $0 = nil }
        } catch {
            logger.error("what other servers stored cannot be taken over", metadata: ["error": "\(error)"])
            followingTrouble.withLock { $0 = error.message }
        }
    }

    func takeOver(_ commits: [Commit], _ writing: inout Writing) throws(StoreError) -> [ObjectChange] {
        var changes: [ObjectChange] = []
        for commit in commits {
            changes += try service.follow(commit, on: &writing.image)
            writing.position = writing.position.after(commit)
        }
        return changes
    }
}
