// Decode, validate and encode one virtual network with 40 members set, with the generated code and with Foundation's Codable on a mirror
// of the same types. Both see the same bytes in the same run; the least of many batches counts, in CPU time of this thread.

import Coding
import ConfigurationModel
import Foundation

@main
struct Codec {
    static func main() throws {
        let document = Array(MirrorDocument.json.utf8)
        let object = try VirtualNetwork(json: document, unknownMembers: .reject)
        let normal = object.json()
        guard try VirtualNetwork(json: normal, unknownMembers: .reject).json() == normal else {
            print("the generated code does not round-trip")
            exit(1)
        }
        let data = Data(normal)
        let mirrored = try JSONDecoder().decode(MirrorNetwork.self, from: data)
        let members = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
        print("virtual-network, \(members.count) members, \(normal.count) bytes of JSON")

        let decoder = JSONDecoder()
        let encoder = JSONEncoder()
        let ours = (
            decode: try microseconds { _ = try VirtualNetwork(json: normal, unknownMembers: .reject) },
            encode: microseconds { _ = object.json() }
        )
        let theirs = (
            decode: try microseconds { _ = try decoder.decode(MirrorNetwork.self, from: data) },
            encode: try microseconds { _ = try encoder.encode(mirrored) }
        )
        func show(_ name: String, _ value: (decode: Double, encode: Double)) {
            print(
                String(
                    format: "%@ decode %7.2f µs  encode %7.2f µs", name.padding(toLength: 32, withPad: " ", startingAt: 0), value.decode,
                    value.encode))
        }
        show("generated, with validation", ours)
        show("JSONDecoder and JSONEncoder", theirs)
        print(
            String(
                format: "ratio: %.1f (decode %.1f, encode %.1f)", (theirs.decode + theirs.encode) / (ours.decode + ours.encode),
                theirs.decode / ours.decode, theirs.encode / ours.encode))
    }

    /// CPU time of one call, the least of 30 batches.
    private static func microseconds(_ body: () throws -> Void) rethrows -> Double {
        func now() -> Double {
            var time = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
        }
        var best = Double.infinity
        for _ in 0..<30 {
            let start = now()
            for _ in 0..<500 { try body() }
            best = min(best, (now() - start) / 500)
        }
        return best
    }
}
