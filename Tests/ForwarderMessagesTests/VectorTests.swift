// The Swift codec against the vectors that the C codec runs, and the two codecs against each other on bytes that nobody wrote down.

import Attributes
import Foundation
import ForwarderMessages
import SchemaCompiler
import Testing

@Suite struct VectorTests {
    let verdict = SwiftVerdict()

    @Test func everyVectorHolds() throws {
        let vectors = try VectorFile.all()
        #expect(vectors.count >= 100)
        for vector in vectors {
            let type = try #require(verdict.type(of: vector.message), "\(vector.place): no message \(vector.message)")
            let (line, written) = try verdict.result(of: vector.input, as: type)
            #expect(line == vector.result, "\(vector.place) \(vector.title)")
            if let written {
                #expect(written == vector.canonical ?? vector.input, "\(vector.place) \(vector.title): writing")
                #expect(written.count <= type.maximumBytes, "\(vector.place) \(vector.title)")
            }
        }
    }

    @Test func everyMessageHasAVectorThatIsAccepted() throws {
        let accepted = Set(try VectorFile.all().filter { $0.result.hasPrefix("=") }.map(\.message))
        for set in verdict.description.model.messages { #expect(accepted.contains(set.name), "\(set.name) has none") }
    }

    /// The C codec, built with the address and undefined-behaviour sanitizers, says of the committed vectors what they say, and of 20,000
    /// mutations of them what the Swift codec says.
    @Test func theCodecInCAgrees() throws {
        guard let compiler = CCodec.compiler else {
            print("skipped: theCodecInCAgrees: neither cc, gcc nor clang is on the PATH")
            return
        }
        let codec = try CCodec(compiler: compiler)
        defer { codec.remove() }
        let committed = try codec.run(VectorFile.paths)
        #expect(committed.status == 0, "\(committed.output.suffix(4000))")

        let mutations = try mutations(count: 20_000)
        let file = codec.folder.appending(path: "mutations.txt")
        try mutations.map(\.text).joined().write(to: file, atomically: false, encoding: .utf8)
        let mutated = try codec.run([file])
        #expect(mutated.status == 0, "\(mutated.output.suffix(4000))")
        // A mutation engine that only ever makes rubbish would test little.
        #expect(mutations.count { $0.result.hasPrefix("=") } > 2_000)
    }

    private func mutations(count: Int) throws -> [Vector] {
        var random = SplitMix64(state: 0x7475_6E67_7374_656E)
        let seeds = try VectorFile.all().filter { $0.input.count < 2_000 }
        var vectors: [Vector] = []
        for number in 0..<count {
            let seed = seeds[Int(random.next() % UInt64(seeds.count))]
            let type = try #require(verdict.type(of: seed.message))
            var vector = Vector(place: "mutation \(number)", message: seed.message, title: "mutation \(number)")
            vector.input = Mutation.mutate(seed.input, seeds.map(\.input), &random)
            let (line, written) = try verdict.result(of: vector.input, as: type)
            // A zero byte, a line end or a quote in a text would make the vector ambiguous; neither codec minds them.
            guard !line.utf8.contains(where: { $0 < 0x20 }) else { continue }
            vector.result = line
            vector.canonical = written
            vectors.append(vector)
        }
        return vectors
    }
}

/// Steele, Lea and Flood's generator: small, and the same everywhere.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

enum Mutation {
    /// One to three changes, of the sort that get past a reader's first checks: numbers and lengths near what they were, attributes
    /// repeated, moved, taken from elsewhere, cut.
    static func mutate(_ seed: [UInt8], _ others: [[UInt8]], _ random: inout SplitMix64) -> [UInt8] {
        var bytes = seed
        func below(_ bound: Int) -> Int { bound <= 0 ? 0 : Int(random.next() % UInt64(bound)) }
        for _ in 0...below(3) {
            switch below(8) {
            case 0 where !bytes.isEmpty: bytes[below(bytes.count)] ^= 1 << UInt8(below(8))
            case 1 where !bytes.isEmpty:
                bytes[below(bytes.count)] = [0, 1, 0x7F, 0x80, 0xFF, 3, 4, 5, 0x20, 0xA0][below(10)]
            case 2 where bytes.count >= 4:
                // A word on a boundary is likely to be a header.
                let place = below(bytes.count / 4) * 4
                bytes[place] = bytes[place] &+ UInt8(below(9)) &- 4
            case 3 where bytes.count >= 4: bytes[below(bytes.count / 4) * 4 + 3] ^= [0x20, 0x40, 0x80][below(3)]
            case 4: bytes.removeLast(min(bytes.count, below(9)))
            case 5:
                let other = others[below(others.count)]
                let start = below(other.count / 4) * 4
                bytes.insert(contentsOf: other[start..<min(other.count, start + 4 * (1 + below(6)))], at: below(bytes.count / 4 + 1) * 4)
            case 6 where bytes.count >= 8:
                let start = below(bytes.count / 4) * 4
                bytes.removeSubrange(start..<min(bytes.count, start + 4 * (1 + below(3))))
            default: bytes += [UInt8(4 + below(5)), 0, UInt8(below(70)), 0] + (0..<below(5)).map { _ in UInt8(below(256)) }
            }
        }
        return bytes
    }
}
