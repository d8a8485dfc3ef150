// Puts output files on disk. Promises that a file whose content would not change is not touched (the build plugin depends on it: a new
// time stamp would recompile all generated code), and that a reader sees the old file or the new one, never a part.

import Glibc
import SchemaCompiler

/// The folder below which a compilation writes.
struct OutputFolder {
    let path: String

    /// Writes a file unless it already has this content; says whether it did.
    @discardableResult
    func write(_ file: OutputFile) throws(FileFailure) -> Bool {
        try Self.write(file.bytes, to: path.hasSuffix("/") ? path + file.path : "\(path)/\(file.path)")
    }

    @discardableResult
    static func write(_ bytes: Bytes, to path: String) throws(FileFailure) -> Bool {
        if holds(bytes, path) { return false }
        let (descriptor, temporary) = try temporaryFile(besides: path)
        var failure: String?
        if !writeAll(bytes, to: descriptor) { failure = reason() }
        // A full disk may show only now.
        if close(descriptor) != 0, failure == nil { failure = reason() }
        if failure == nil, rename(temporary, path) != 0 { failure = reason() }
        if let failure {
            unlink(temporary)
            throw FileFailure(reason: "cannot write \(path): \(failure)")
        }
        return true
    }

    /// Does the file exist with exactly this content?
    private static func holds(_ bytes: Bytes, _ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, Int(status.st_size) == bytes.count else { return false }
        return withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 8) { chunk in
            var compared = 0
            while compared < bytes.count {
                let got = read(descriptor, chunk.baseAddress, chunk.count)
                guard got > 0, compared + got <= bytes.count else { return false }
                let same = bytes.withUnsafeBytes { bytes in
                    guard let wanted = bytes.baseAddress, let found = chunk.baseAddress else { return false }
                    return memcmp(wanted + compared, found, got) == 0
                }
                guard same else { return false }
                compared += got
            }
            return true
        }
    }

    /// A new file in the same folder, since only there a rename is one step. Makes the folder where it is missing.
    private static func temporaryFile(besides path: String) throws(FileFailure) -> (descriptor: Int32, path: String) {
        var madeFolder = false
        var attempt = 0
        while true {
            let temporary = "\(path).\(getpid())-\(attempt).part"
            let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            if descriptor >= 0 { return (descriptor, temporary) }
            if errno == EEXIST, attempt < 100 {
                attempt += 1
            } else if errno == ENOENT, !madeFolder {
                try makeFolder(of: path)
                madeFolder = true
            } else {
                throw FileFailure(reason: "cannot write \(path): \(reason())")
            }
        }
    }

    private static func makeFolder(of path: String) throws(FileFailure) {
        for (index, byte) in path.utf8.enumerated() where byte == UInt8(ascii: "/") && index > 0 {
            let folder = String(decoding: path.utf8.prefix(index), as: UTF8.self)
            if mkdir(folder, 0o777) != 0, errno != EEXIST { throw FileFailure(reason: "cannot make the folder \(folder): \(reason())") }
        }
    }

    private static func writeAll(_ bytes: Bytes, to descriptor: Int32) -> Bool {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let written = Glibc.write(descriptor, UnsafeBufferPointer(rebasing: rest).baseAddress, rest.count)
                if written < 0, errno == EINTR { continue }
                if written <= 0 { return false }
                rest = rest.dropFirst(written)
            }
            return true
        }
    }

    private static func reason() -> String { String(cString: strerror(errno)) }
}
