// The server's own users: a file for its user alone, with hashed passwords, the roles of each, and the key that signs tokens. It is made by
// `tungsten user add`; several servers that behave as one have copies of one file.

import CCrypt
import Coding
import Glibc
import NetworkTypes

/// Why a file of users cannot be used or changed, in words for whoever asked for it.
public struct UserFileError: Error, CustomStringConvertible, Sendable {
    public let message: String
    public var description: String { message }
}

/// The users of a server, as its file has them.
public struct UserFile: Sendable, Equatable {
    /// A role that a user has.
    public struct Grant: Sendable, Equatable {
        public var role: String
        /// The fully qualified name, `default-domain:blue`; nil: in every project.
        public var project: String?

        public init(role: String, project: String? = nil) {
            self.role = role
            self.project = project
        }
    }

    public struct User: Sendable, Equatable {
        public var name: String
        /// 32 hexadecimal digits.
        public let id: String
        /// As crypt(5) has it.
        var password: String
        /// Counts changes of the password: tokens that were issued before it are void.
        var serial: Int
        public var grants: [Grant]

        /// The roles in a project, or outside all projects.
        func roles(in project: String?) -> [String] {
            var roles: [String] = []
            for grant in grants where grant.project == nil || grant.project == project {
                if !roles.contains(grant.role) { roles.append(grant.role) }
            }
            return roles
        }
    }

    public private(set) var users: [User] = []
    /// Signs tokens.
    private(set) var key: [UInt8]

    /// No users, and a new key.
    public init() {
        var random = SystemRandomNumberGenerator()
        key = (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    public func user(_ name: String) -> User? { users.first { $0.name == name } }

    /// Whether a password is that of a user.
    public func accepts(_ name: String, password: String) -> Bool {
        user(name).map { PasswordHash.matches(password, $0.password) } ?? false
    }

    // MARK: Changing

    public mutating func add(_ name: String, password: String, _ grants: [Grant]) throws(UserFileError) {
        guard Self.isName(name) else {
            throw UserFileError(message: "'\(name)' is no user name: use 1 to 64 letters, digits and any of . _ - @")
        }
        guard user(name) == nil else {
            throw UserFileError(message: "there is a user \(name) already; change them with `tungsten user password` or `grant`")
        }
        var random = SystemRandomNumberGenerator()
        let id = UUIDValue.random(using: &random).description.filter { $0 != "-" }
        users.append(User(name: name, id: id, password: try Self.hash(password), serial: 1, grants: grants))
    }

    public mutating func setPassword(of name: String, _ password: String) throws(UserFileError) {
        let index = try index(name)
        users[index].password = try Self.hash(password)
        users[index].serial += 1
    }

    public mutating func remove(_ name: String) throws(UserFileError) { users.remove(at: try index(name)) }

    public mutating func grant(_ grant: Grant, to name: String) throws(UserFileError) {
        let index = try index(name)
        if !users[index].grants.contains(grant) { users[index].grants.append(grant) }
    }

    public mutating func revoke(_ grant: Grant, from name: String) throws(UserFileError) {
        let index = try index(name)
        guard let place = users[index].grants.firstIndex(of: grant) else {
            throw UserFileError(message: "\(name) does not have the role \(grant.role) in \(grant.project ?? "every project")")
        }
        users[index].grants.remove(at: place)
    }

    private func index(_ name: String) throws(UserFileError) -> Int {
        guard let index = users.firstIndex(where: { $0.name == name }) else {
            throw UserFileError(message: "there is no user \(name); `tungsten user list` shows who there is")
        }
        return index
    }

    private static func hash(_ password: String) throws(UserFileError) -> String {
        guard let hash = PasswordHash.make(password) else {
            throw UserFileError(message: "the password must have 1 to \(PasswordHash.greatestPassword) bytes, none of them zero")
        }
        return hash
    }

    private static func isName(_ name: String) -> Bool {
        1...64 ~= name.utf8.count
            && name.unicodeScalars.allSatisfy { $0.isASCII && ($0.properties.isAlphabetic || "0123456789._-@".unicodeScalars.contains($0)) }
    }

    // MARK: The file

    /// - Returns: nil when there is no such file.
    public static func load(_ path: String) throws(UserFileError) -> UserFile? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw failure("cannot open", path)
        }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw failure("cannot look at", path) }
        guard status.st_mode & 0o077 == 0 else {
            throw UserFileError(message: "others can read \(path), which holds password hashes and a key; run: chmod 600 \(path)")
        }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(file, &piece, piece.count)
            guard count >= 0 else { throw failure("cannot read", path) }
            if count == 0 { break }
            bytes += piece[..<count]
            guard bytes.count <= 16 << 20 else { throw UserFileError(message: "\(path) is no file of users: it is too large") }
        }
        do {
            return try JSONReader.read(bytes, unknownMembers: .skip) { reader throws(CodingError) in try UserFile(from: &reader) }
        } catch {
            throw UserFileError(message: "\(path) is no file of users, or is damaged: \(error)")
        }
    }

    /// Replaces the file in one step; whoever reads it sees the old one or the new one.
    public func save(_ path: String) throws(UserFileError) {
        var writer = JSONWriter(reservingCapacity: 1024)
        encode(to: &writer)
        let bytes = writer.finish() + [UInt8(ascii: "\n")]
        let temporary = path + ".new"
        let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw Self.failure("cannot write", temporary) }
        let isWritten = bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let count = write(file, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                guard count > 0 else { return false }
                rest = rest.dropFirst(count)
            }
            return fchmod(file, 0o600) == 0 && fsync(file) == 0
        }
        let error = Self.failure("cannot write", temporary)
        close(file)
        guard isWritten else { throw error }
        guard rename(temporary, path) == 0 else { throw Self.failure("cannot replace", path) }
    }

    private static func failure(_ what: String, _ path: String) -> UserFileError {
        UserFileError(message: "\(what) \(path): \(String(cString: strerror(errno)))")
    }
}

// MARK: - JSON

extension UserFile {
    private init(from reader: inout JSONReader) throws(CodingError) {
        var key: [UInt8]?
        try reader.beginObject()
        while let member = try reader.nextMember() {
            switch member {
            case "token_key": key = Hexadecimal.bytes(try reader.string())
            case "users":
                try reader.beginArray()
                while try reader.nextElement() { users.append(try User(from: &reader)) }
            default: try reader.skipValue()
            }
        }
        guard let key, key.count >= 32 else {
            throw CodingError(.missingMember, "token_key must be at least 64 hexadecimal digits", hint: "`tungsten user add` makes one")
        }
        self.key = key
    }

    private func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("token_key", Hexadecimal.text(key))
        writer.key("users")
        writer.beginArray()
        for user in users { user.encode(to: &writer) }
        writer.endArray()
        writer.endObject()
    }
}

extension UserFile.User {
    fileprivate init(from reader: inout JSONReader) throws(CodingError) {
        var (name, id, password, serial) = ("", "", "", 0)
        var grants: [UserFile.Grant] = []
        try reader.beginObject()
        while let member = try reader.nextMember() {
            switch member {
            case "name": name = try reader.string()
            case "id": id = try reader.string()
            case "password": password = try reader.string()
            case "serial": serial = try reader.integer()
            case "grants":
                try reader.beginArray()
                while try reader.nextElement() { grants.append(try UserFile.Grant(from: &reader)) }
            default: try reader.skipValue()
            }
        }
        guard !name.isEmpty, !id.isEmpty, PasswordHash.isHash(password) else {
            throw CodingError(
                .missingMember, "a user needs name, id and password", hint: "the password is a hash as crypt(5) describes, such as `$y$…`")
        }
        self.init(name: name, id: id, password: password, serial: serial, grants: grants)
    }

    fileprivate func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("name", name)
        writer.member("id", id)
        writer.member("password", password)
        writer.member("serial", serial)
        writer.key("grants")
        writer.beginArray()
        for grant in grants {
            writer.beginObject()
            writer.member("role", grant.role)
            if let project = grant.project { writer.member("project", project) }
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }
}

extension UserFile.Grant {
    fileprivate init(from reader: inout JSONReader) throws(CodingError) {
        self.init(role: "")
        try reader.beginObject()
        while let member = try reader.nextMember() {
            switch member {
            case "role": role = try reader.string()
            case "project": project = try reader.optional()
            default: try reader.skipValue()
            }
        }
    }
}

/// Bytes as two digits each.
enum Hexadecimal {
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// nil when the text is anything but pairs of digits.
    static func bytes(_ text: some StringProtocol) -> [UInt8]? {
        var bytes: [UInt8] = []
        var high: UInt8?
        for digit in text.utf8 {
            let value: UInt8
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = digit - UInt8(ascii: "A") + 10
            default: return nil
            }
            if let first = high { bytes.append(first << 4 | value) }
            high = high == nil ? value : nil
        }
        return high == nil ? bytes : nil
    }
}
