// Reads the files of Tests/Vectors/forwarder; their README says how they are written.

import Foundation

/// Bytes, and what a codec is to make of them.
struct Vector {
    let place: String
    let message: String
    let title: String
    var input: [UInt8] = []
    /// What writing gives, where that is not the input.
    var canonical: [UInt8]?
    /// The line that begins with `=` or `!`.
    var result = ""
}

let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

enum VectorFile {
    struct Malformed: Error {
        let place: String
    }

    static var paths: [URL] {
        get throws {
            try FileManager.default.contentsOfDirectory(
                at: repository.appending(path: "Tests/Vectors/forwarder"), includingPropertiesForKeys: nil
            )
            .filter { $0.pathExtension == "txt" }.sorted { $0.path < $1.path }
        }
    }

    static func all() throws -> [Vector] { try paths.flatMap(read) }

    static func read(_ url: URL) throws -> [Vector] {
        var vectors: [Vector] = []
        let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where !line.isEmpty && !line.hasPrefix("#") {
            let place = "\(url.lastPathComponent):\(index + 1)"
            if line.hasPrefix("== ") {
                let parts = line.dropFirst(3).split(separator: ": ", maxSplits: 1)
                guard parts.count == 2 else { throw Malformed(place: place) }
                vectors.append(Vector(place: place, message: String(parts[0]), title: String(parts[1])))
                continue
            }
            guard let last = vectors.indices.last else { throw Malformed(place: place) }
            if line.hasPrefix("=") || line.hasPrefix("!") {
                vectors[last].result = String(line)
            } else if line == ">" {
                vectors[last].canonical = []
            } else if let bytes = hex(line) {
                if vectors[last].canonical != nil { vectors[last].canonical? += bytes } else { vectors[last].input += bytes }
            } else {
                throw Malformed(place: place)
            }
        }
        return vectors
    }

    /// The bytes of a line, without its label.
    private static func hex(_ line: Substring) -> [UInt8]? {
        var bytes: [UInt8] = []
        for word in line.prefix(while: { $0 != "#" }).split(separator: " ") {
            let parts = word.split(separator: "*", omittingEmptySubsequences: false)
            let digits = Array(parts[parts.count - 1].utf8)
            guard parts.count <= 2, digits.count % 2 == 0, let times = parts.count == 1 ? 1 : Int(parts[0]) else { return nil }
            var group: [UInt8] = []
            for index in stride(from: 0, to: digits.count, by: 2) {
                guard let byte = UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16) else { return nil }
                group.append(byte)
            }
            for _ in 0..<times { bytes += group }
        }
        return bytes
    }
}

extension Vector {
    /// The vector in the form in which it is read.
    var text: String {
        func hex(_ bytes: [UInt8]) -> String {
            bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
        var text = "== \(message): \(title)\n    \(hex(input))\n\(result)\n"
        if let canonical { text += ">\n    \(hex(canonical))\n" }
        return text
    }
}
