// Finds and parses all files of a schema: those named, and what they include. Relies on DocumentReader; promises that each file is read
// once, in an order that does not depend on the machine.

import Glibc

/// Where file contents come from. The command line reads the file system; tests hand over text.
public protocol FileSource {
    /// The bytes of a file, or why they cannot be had.
    func contents(of path: String) throws(FileFailure) -> [UInt8]
}

/// Why a file cannot be read, in the operating system's words.
public struct FileFailure: Error {
    public let reason: String
    public init(reason: String) { self.reason = reason }
}

/// Reads files from the file system.
public struct DiskFileSource: FileSource {
    public init() {}

    public func contents(of path: String) throws(FileFailure) -> [UInt8] {
        // O_NONBLOCK: opening a pipe must not wait for its writer, it is refused below.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileFailure(reason: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileFailure(reason: String(cString: strerror(errno))) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw FileFailure(reason: "it is not a regular file") }
        // One byte more than is allowed is enough for the reader to see, and refuse, an oversized file.
        let wanted = min(Int(status.st_size), DocumentReader.maximumBytes + 1)
        var filled = 0
        var failure: String?
        let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
            while filled < wanted {
                let got = read(descriptor, buffer.baseAddress?.advanced(by: filled), wanted - filled)
                if got < 0, errno == EINTR { continue }
                if got < 0 { failure = String(cString: strerror(errno)) }
                if got <= 0 { break }
                filled += got
            }
            count = filled
        }
        if let failure { throw FileFailure(reason: failure) }
        return bytes
    }
}

/// Loads a schema, includes and all.
struct SchemaLoader {
    let source: any FileSource
    let diagnostics: Diagnostics
    private(set) var documents: [Document] = []
    private var seen: Set<String> = []
    /// The chain of includes that led to the file at hand: finding a file on it again means a cycle.
    private var open: [String] = []
    static let maximumDepth = 64
    /// Of all files together: a schema that took more would be none that people wrote.
    static let maximumTotalBytes = 64 << 20
    private var totalBytes = 0

    init(source: any FileSource, diagnostics: Diagnostics) {
        self.source = source
        self.diagnostics = diagnostics
    }

    /// Includes come before the file that includes them.
    mutating func load(_ path: String) { load(Self.normalised(path), from: nil) }

    private mutating func load(_ path: String, from include: SourceLocation?) {
        if open.contains(path) {
            let chain = (open.drop { $0 != path } + [path]).map(Self.lastComponent).joined(separator: " → ")
            diagnostics.error(
                "cyclic-include", at: include, "files include each other: \(chain)",
                hint: "move what both need into a file that includes neither")
            return
        }
        if open.count == Self.maximumDepth {
            diagnostics.error(
                "include-depth", at: include, "files include each other more than \(Self.maximumDepth) deep",
                hint: "include the innermost files from the outermost one")
            return
        }
        guard seen.insert(path).inserted, totalBytes <= Self.maximumTotalBytes else { return }
        let bytes: [UInt8]
        do {
            bytes = try source.contents(of: path)
        } catch {
            diagnostics.error(
                "cannot-read", at: include, "cannot read \(path): \(error.reason)",
                hint: include == nil ? nil : "schemaLocation is relative to the file that includes")
            return
        }
        totalBytes += bytes.count
        if totalBytes > Self.maximumTotalBytes {
            diagnostics.error(
                "schema-too-large", at: include, "with \(path) the files are larger than \(Self.maximumTotalBytes >> 20) MiB together",
                hint: "name the files of one schema only")
            return
        }
        guard let document = DocumentReader.read(SourceFile(path: path, bytes: bytes), diagnostics) else { return }
        open.append(path)
        for element in document.root.children where element.name == "include" {
            guard let location = element["schemaLocation"], !location.isEmpty else {
                diagnostics.error(
                    "missing-attribute", at: element.location, "include without schemaLocation", hint: "name the file to include")
                continue
            }
            if location.contains("://") {
                diagnostics.error(
                    "remote-include", at: element.location(of: "schemaLocation"), "\(location) is not a file",
                    hint: "nothing is read over the network; keep a copy beside this file and include that")
                continue
            }
            load(Self.resolve(location, besides: path), from: element.location(of: "schemaLocation"))
        }
        open.removeLast()
        documents.append(document)
    }

    private static func lastComponent(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    static func resolve(_ location: String, besides path: String) -> String {
        if location.hasPrefix("/") { return normalised(location) }
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        return normalised(folder + location)
    }

    /// Removes `.` and inner `..`, so that one file has one path.
    private static func normalised(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") {
            if part == "." { continue }
            if part == "..", let last = parts.last, last != ".." { parts.removeLast() } else { parts.append(part) }
        }
        return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
    }
}
