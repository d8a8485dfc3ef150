// How a server hears of what others store: a watch on the head, and a look at it every second, which also tells whether the cluster has a
// quorum. Only the position is heard here; the engine fetches the commits.

import Client
import ConfigServerCore

enum EtcdFollower {
    private static let interval = Duration.seconds(1)
    private static let retryInterval = Duration.milliseconds(250)
    /// An election, during which nobody answers, takes up to two seconds.
    private static let greatestFailures = 8

    /// Looks at the head until the store is closed. One failed look is no trouble yet: a member may have died, or a connection.
    static func beat(_ store: EtcdStore) async {
        var failures = 0
        while !Task.isCancelled {
            do throws(EtcdFailure) {
                let reply = try await store.client.send(EtcdRange(store.layout.head).request)
                failures = 0
                store.note(trouble: nil)
                if let pair = reply.pairs.first, let head = try? EtcdHead(parsing: pair.value) { store.note(head) }
            } catch {
                failures += 1
                if failures >= greatestFailures, !Task.isCancelled { store.note(trouble: error.message) }
            }
            guard await pause(failures > 0 ? retryInterval : interval) else { return }
        }
    }

    /// Follows the head until the store is closed. A broken watch is made anew; what was missed meanwhile the next beat tells.
    static func watch(_ store: EtcdStore) async {
        while !Task.isCancelled {
            do throws(EtcdFailure) {
                let stream = try await store.client.stream(etcdWatchRequest(store.layout.head))
                await read(stream, store)
                stream.cancel()
            } catch {}
            guard await pause(interval) else { return }
        }
    }

    private static func read(_ stream: any ClientStream, _ store: EtcdStore) async {
        var rest: [UInt8] = []
        do {
            while let piece = try await stream.next() {
                rest += piece
                while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                    let line = Array(rest[..<end])
                    rest.removeFirst(end + 1)
                    if line.isEmpty { continue }
                    guard let message = try? EtcdReply(parsing: line), !message.isCanceled else { return }
                    if let pair = message.pairs.last, let head = try? EtcdHead(parsing: pair.value) { store.note(head) }
                }
                // A message tells of one small pair.
                guard rest.count < 1 << 20 else { return }
            }
        } catch {
            // The next watch goes on.
        }
    }

    /// False when the task was cancelled.
    private static func pause(_ interval: Duration) async -> Bool {
        do {
            try await Task.sleep(for: interval)
            return true
        } catch {
            return false
        }
    }
}
