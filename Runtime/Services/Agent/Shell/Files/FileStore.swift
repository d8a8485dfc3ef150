// The agent's files: each is replaced as a whole or not at all, and what was said to be on disk is found there after a crash or a power
// cut.
//
// A file is written under a temporary name in its own folder, brought to the disk (fsync), renamed over the old one, and the folder is
// brought to the disk. What a crash leaves behind has a temporary name, and goes at the next start.

import Glibc

/// Why the agent does not start or a file was not kept, in words for the operator.
public struct AgentError: Error, CustomStringConvertible, Sendable {
    public let message: String
    public var description: String { message }

    public init(_ message: String) { self.message = message }
}

/// A data folder in use: held by one agent at a time, until `release` or the end of the process. Any thread may use it, one at a time.
public struct FileStore: Sendable {
    /// What is to become of a file. Names are relative to the folder: `numbers.json`, `ports/vm/NAME`.
    public enum Change: Sendable, Equatable {
        case write(name: String, [UInt8])
        case remove(name: String)

        public var name: String {
            switch self {
            case .write(let name, _), .remove(let name): name
            }
        }
    }

    public struct Failure: Error, Sendable, Equatable {
        public let change: Change
        public let reason: String
    }

    public struct Loaded: Sendable {
        public let name: String
        /// Why a file cannot be read: it is reported, and left alone.
        public let content: Result<[UInt8], AgentError>
    }

    public let path: String
    private let lock: CInt

    private static let lockName = "agent.lock"
    private static let temporarySuffix = ".tmp"
    /// Larger than any file that the agent writes.
    static let greatestFile = 64 << 20

    /// Makes the folder if it is missing, takes it, and removes what an earlier crash left half written.
    public init(_ path: String) throws(AgentError) {
        self.path = path
        try Self.makeFolder(path)
        lock = open(path + "/" + Self.lockName, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard lock >= 0 else { throw Self.error("cannot make a file in the data folder \(path)") }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            let inUse = errno == EWOULDBLOCK
            let error = Self.error("cannot lock the data folder \(path)")
            close(lock)
            throw inUse ? AgentError("the data folder \(path) is in use by another agent; stop it, or name another with --data-dir") : error
        }
        removeLeftovers(in: path)
    }

    public func release() { close(lock) }

    // MARK: Names

    /// A name is made of parts of letters, digits, `-`, `_` and `.`, none of which begins with a dot: it stays below the folder and is no
    /// temporary name.
    static func isPlain(_ name: String) -> Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        return name.utf8.count <= 255
            && parts.allSatisfy { part in
                guard let first = part.utf8.first, first != UInt8(ascii: ".") else { return false }
                return part.utf8.allSatisfy { byte in
                    switch byte {
                    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                        UInt8(ascii: "0")...UInt8(ascii: "9"),
                        UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                        true
                    default: false
                    }
                }
            }
    }

    private func folder(of name: String) -> String {
        name.lastIndex(of: "/").map { path + "/" + name[..<$0] } ?? path
    }

    private func temporaryPath(of name: String) -> String {
        let last = name.lastIndex(of: "/").map { name[name.index(after: $0)...] } ?? name[...]
        return folder(of: name) + "/." + last + Self.temporarySuffix
    }

    // MARK: Changing

    /// Carries out changes in order. When it returns, all but those that failed are on disk.
    public func apply(_ changes: [Change]) -> [Failure] {
        var failures: [Failure] = []
        var touched: [String: [Change]] = [:]
        for change in changes {
            do throws(AgentError) {
                switch change {
                case .write(let name, let bytes): try write(name, bytes)
                case .remove(let name): guard try remove(name) else { continue }
                }
                touched[folder(of: change.name), default: []].append(change)
            } catch {
                failures.append(Failure(change: change, reason: error.message))
            }
        }
        for (folder, changes) in touched {
            do throws(AgentError) {
                try Self.synchronize(folder: folder)
            } catch {
                failures += changes.map { Failure(change: $0, reason: error.message) }
            }
        }
        return failures
    }

    private func write(_ name: String, _ bytes: [UInt8]) throws(AgentError) {
        guard Self.isPlain(name) else { throw AgentError("'\(name)' is not a file's name") }
        try Self.makeFolder(folder(of: name))
        let temporary = temporaryPath(of: name)
        unlink(temporary)
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw Self.error("cannot make \(temporary)") }
        do throws(AgentError) {
            try Self.write(bytes, to: file, temporary)
            guard fsync(file) == 0 else { throw Self.error("cannot bring \(temporary) to the disk") }
        } catch {
            close(file)
            unlink(temporary)
            throw error
        }
        // A network file system may say here that something was not written.
        guard close(file) == 0, rename(temporary, path + "/" + name) == 0 else {
            let error = Self.error("cannot replace \(path)/\(name)")
            unlink(temporary)
            throw error
        }
    }

    private static func write(_ bytes: [UInt8], to file: CInt, _ path: String) throws(AgentError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress?.advanced(by: written), $0.count - written) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw error("cannot write \(path)") }
            written += count
        }
    }

    /// False: there was no such file.
    private func remove(_ name: String) throws(AgentError) -> Bool {
        guard Self.isPlain(name) else { throw AgentError("'\(name)' is not a file's name") }
        if unlink(path + "/" + name) == 0 { return true }
        guard errno == ENOENT || errno == ENOTDIR else { throw Self.error("cannot remove \(path)/\(name)") }
        return false
    }

    private static func synchronize(folder: String) throws(AgentError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw error("cannot open the folder \(folder)") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw error("cannot bring the folder \(folder) to the disk") }
    }

    /// Makes what is missing of the path; a folder that was made is on disk.
    private static func makeFolder(_ path: String) throws(AgentError) {
        var prefix = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            let parent = prefix.isEmpty ? "." : prefix
            prefix += (prefix.isEmpty || prefix.hasSuffix("/") ? "" : "/") + part
            if mkdir(prefix, 0o700) == 0 {
                try synchronize(folder: parent)
            } else if errno != EEXIST {
                throw error("cannot make the folder \(prefix)")
            }
        }
        var status = stat()
        guard stat(path, &status) == 0 else { throw error("cannot look at the folder \(path)") }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw AgentError("\(path) is not a folder; name another with --data-dir") }
    }

    // MARK: Loading

    /// All files, by name.
    public func load() -> [Loaded] {
        names(in: "").sorted().map { name in
            do throws(AgentError) {
                guard Self.isPlain(name) else { throw AgentError("the agent writes no file with such a name") }
                return Loaded(name: name, content: .success(try read(name)))
            } catch {
                return Loaded(name: name, content: .failure(error))
            }
        }
    }

    private func read(_ name: String) throws(AgentError) -> [UInt8] {
        let path = path + "/" + name
        // A pipe in the way must not block.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard file >= 0 else { throw Self.error("cannot open it") }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw AgentError("it is not a plain file") }
        guard status.st_size <= Self.greatestFile else {
            throw AgentError("it has \(status.st_size) bytes; at most \(Self.greatestFile) are read")
        }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count <= Self.greatestFile {
            let count = buffer.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Self.error("cannot read it") }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
        throw AgentError("it grows while it is read")
    }

    private func names(in folder: String) -> [String] {
        var found: [String] = []
        for entry in Self.entries(of: folder.isEmpty ? path : path + "/" + folder) {
            let name = folder.isEmpty ? entry.name : folder + "/" + entry.name
            if entry.isFolder {
                found += names(in: name)
            } else if name != Self.lockName {
                found.append(name)
            }
        }
        return found
    }

    private func removeLeftovers(in folder: String) {
        for entry in Self.entries(of: folder) {
            let path = folder + "/" + entry.name
            if entry.isFolder {
                removeLeftovers(in: path)
            } else if entry.name.hasPrefix("."), entry.name.hasSuffix(Self.temporarySuffix) {
                unlink(path)
            }
        }
    }

    private static func entries(of folder: String) -> [(name: String, isFolder: Bool)] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var found: [(String, Bool)] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            guard name != ".", name != ".." else { continue }
            var status = stat()
            guard lstat(folder + "/" + name, &status) == 0 else { continue }
            found.append((name, status.st_mode & S_IFMT == S_IFDIR))
        }
        return found
    }

    private static func error(_ what: String) -> AgentError { AgentError("\(what): \(String(cString: strerror(errno)))") }
}
