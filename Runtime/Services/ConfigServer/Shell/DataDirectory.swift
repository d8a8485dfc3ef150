// Where a server keeps its data: a folder for its user alone, held by one process at a time.

import ConfigServerCore
import Glibc

/// A data folder in use. Held until `release` or the end of the process.
struct DataDirectory: Sendable {
    let path: String
    private let lock: Int32

    var database: String { Self.database(in: path) }

    static func database(in path: String) -> String { path + "/configuration.db" }

    /// Makes the folder if it is missing, and takes it.
    init(_ path: String) throws(StoreError) {
        self.path = path
        try Self.create(path)
        lock = open(path + "/configuration.lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard lock >= 0 else { throw Self.failure("cannot make a file in the data folder \(path)") }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            let inUse = errno == EWOULDBLOCK
            let error = Self.failure("cannot lock the data folder \(path)")
            Glibc.close(lock)
            guard inUse else { throw error }
            throw StoreError(.busy, "the data folder \(path) is in use by another server; stop it, or name another with --data-dir")
        }
        // SQLite would let everybody read a file it makes, and gives its companions the permissions of the database.
        Glibc.close(open(database, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600))
    }

    func release() { Glibc.close(lock) }

    private static func create(_ path: String) throws(StoreError) {
        var prefix = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            prefix += (prefix.isEmpty || prefix.hasSuffix("/") ? "" : "/") + part
            if mkdir(prefix, 0o700) != 0, errno != EEXIST { throw failure("cannot make the data folder \(path)") }
        }
        var status = stat()
        guard stat(path, &status) == 0 else { throw failure("cannot look at the data folder \(path)") }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw StoreError(.unusable, "\(path) is not a folder; name another with --data-dir")
        }
    }

    private static func failure(_ what: String) -> StoreError {
        StoreError(.unusable, "\(what): \(String(cString: strerror(errno))); check its permissions, or name another with --data-dir")
    }
}
