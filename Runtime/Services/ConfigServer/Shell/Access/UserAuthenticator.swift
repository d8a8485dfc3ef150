// Authentication by the server's own users, for those without Keystone: a password gives a token that is good for a while. Tokens are
// signed and not kept: every server with the same file of users takes them, also after a restart. They stop being good when the user's
// password changes or the user goes.

import CCrypt
import Coding
import ConfigServerCore
import Glibc
import Logging
import NIOPosix
import Synchronization

final class UserAuthenticator: Authenticator {
    private struct Loaded {
        var file: UserFile
        var stamp: FileStamp
    }

    /// By what a changed file is recognised.
    private struct FileStamp: Equatable {
        let inode: UInt64
        let size: Int
        let seconds: Int
        let nanoseconds: Int
    }

    private let path: String
    /// In seconds.
    private let tokenLifetime: Int64
    private let service: ConfigurationService
    private let logger: Logger
    private let loaded: Mutex<Loaded>
    /// Checking a password takes long by intention: it has a thread of its own, and a queue with an end.
    private let checker = NIOThreadPool(numberOfThreads: 1)
    private let waiting = Atomic(0)

    private static let greatestQueue = 64

    let memory = 5.0

    /// - Throws: `UserFileError` when there is no file with users.
    init(_ path: String, tokenLifetime: Int64, _ service: ConfigurationService, _ logger: Logger) throws(UserFileError) {
        self.path = path
        self.tokenLifetime = tokenLifetime
        self.logger = logger
        self.service = service
        guard let file = try UserFile.load(path), !file.users.isEmpty else {
            throw UserFileError(
                message:
                    "there are no users in \(path) yet; make one who may do everything: tungsten user add NAME --role admin --file \(path)")
        }
        loaded = Mutex(Loaded(file: file, stamp: Self.stamp(path) ?? FileStamp(inode: 0, size: 0, seconds: 0, nanoseconds: 0)))
        checker.start()
    }

    private static func stamp(_ path: String) -> FileStamp? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return FileStamp(
            inode: UInt64(status.st_ino), size: Int(status.st_size), seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
    }

    /// The users as the file has them now. A file that cannot be read leaves the users as they were.
    private func users() -> UserFile {
        loaded.withLock { loaded in
            guard let stamp = Self.stamp(path), stamp != loaded.stamp else { return loaded.file }
            do {
                if let file = try UserFile.load(path) { loaded = Loaded(file: file, stamp: stamp) }
            } catch {
                // Said once; whoever mends the file changes it.
                loaded.stamp = stamp
                logger.warning("the file of users cannot be read; the users stay as they were", metadata: ["error": "\(error)"])
            }
            return loaded.file
        }
    }

    func challenge(base: String) -> String { "Keystone uri=\"\(base)/v3\"" }

    func stop() async {
        // Requests are refused already; a thread that does not stop has nobody to tell.
        try? await checker.shutdownGracefully()
    }

    // MARK: Tokens

    func find(_ token: String, _ complete: @escaping @Sendable (Result<TokenDocument, Refusal>) -> Void) {
        complete(document(token))
    }

    private func document(_ token: String) -> Result<TokenDocument, Refusal> {
        let refusal = Refusal(401, "Unauthorized: the token is not good (any more); get another with POST /v3/auth/tokens")
        let file = users()
        guard let signed = SignedToken(token, key: file.key), let user = file.user(signed.user), user.serial == signed.serial,
            signed.expires > Timestamp.now.microseconds / 1_000_000
        else { return .failure(refusal) }
        let roles = user.roles(in: signed.projectName)
        return .success(
            TokenDocument(
                Caller(user: user.name, userID: user.id, roles: roles, project: signed.project, domain: signed.domain),
                issued: Timestamp(microseconds: signed.issued * 1_000_000), expires: Timestamp(microseconds: signed.expires * 1_000_000)))
    }

    func answer(_ request: Request, _ image: Image, _ complete: @escaping @Sendable (Reply) -> Void) -> Bool {
        if request.method == .post {
            logIn(request, image, complete)
            return true
        }
        // A service looks at its caller's token, with a token of its own.
        switch document(request.token ?? "") {
        case .failure(let refusal): complete(refusal.keystoneReply)
        case .success:
            switch document(request.subjectToken ?? "") {
            case .failure: complete(Refusal(404, "the token in X-Subject-Token is not good (any more)").keystoneReply)
            case .success(let document):
                var reply = Reply(200, body: document.json)
                reply.subjectToken = request.subjectToken
                complete(reply)
            }
        }
        return true
    }

    private func logIn(_ request: Request, _ image: Image, _ complete: @escaping @Sendable (Reply) -> Void) {
        let login: LoginRequest
        do { login = try LoginRequest(request.body) } catch { return complete(error.keystoneReply) }
        guard waiting.wrappingAdd(1, ordering: .relaxed).newValue <= Self.greatestQueue else {
            waiting.wrappingSubtract(1, ordering: .relaxed)
            return complete(Refusal(503, "too many log in at once; try again in a moment").keystoneReply)
        }
        checker.submit { state in
            self.waiting.wrappingSubtract(1, ordering: .relaxed)
            guard state == .active else { return complete(Refusal(503, "the server is stopping").keystoneReply) }
            do throws(Refusal) {
                complete(try self.token(for: login, image))
            } catch {
                complete(error.keystoneReply)
            }
        }
    }

    /// Hashes are compared for users who do not exist, too: how long the answer takes says nothing.
    private static let nobody = PasswordHash.make("nobody") ?? ""

    private func token(for login: LoginRequest, _ image: Image) throws(Refusal) -> Reply {
        let file = users()
        let user = file.user(login.user)
        let matches = PasswordHash.matches(login.password, user?.password ?? Self.nobody)
        guard let user, matches else { throw Refusal(401, "The name or the password is wrong.") }
        let scope = service.scope(login.scope, image)
        if login.scope != .none, scope == nil {
            throw Refusal(401, "There is no such project; log in for one that exists, such as default-project of default-domain.")
        }
        let roles = user.roles(in: scope?.name)
        guard !roles.isEmpty else {
            throw Refusal(401, "\(user.name) has no role in \(scope?.name ?? "any project"); see tungsten user grant.")
        }
        let now = Timestamp.now.microseconds / 1_000_000
        let token = SignedToken(
            user: user.name, serial: user.serial, project: scope?.project, projectName: scope?.name, domain: scope?.domain, issued: now,
            expires: now + tokenLifetime)
        let text = token.text(key: file.key)
        switch document(text) {
        case .failure(let refusal): throw refusal
        case .success(let document):
            var reply = Reply(201, body: document.json)
            reply.subjectToken = text
            return reply
        }
    }
}

/// What a token of this server says, and its signature (HMAC-SHA-256): `hexadecimal JSON.hexadecimal code`.
struct SignedToken: Equatable {
    var user: String
    var serial: Int
    var project: CallerScope?
    /// The fully qualified name.
    var projectName: String?
    var domain: CallerScope?
    /// Seconds since 1970.
    var issued: Int64
    var expires: Int64

    func text(key: [UInt8]) -> String {
        var writer = JSONWriter(reservingCapacity: 256)
        writer.beginObject()
        writer.member("user", user)
        writer.member("serial", serial)
        writer.member("issued", Int(issued))
        writer.member("expires", Int(expires))
        if let project, let projectName, let domain {
            writer.member("project", project.id)
            writer.member("project_name", projectName)
            writer.member("domain", domain.id)
            writer.member("domain_name", domain.name)
        }
        writer.endObject()
        let body = writer.finish()
        return Hexadecimal.text(body) + "." + Hexadecimal.text(Self.code(body, key))
    }

    init(
        user: String, serial: Int, project: CallerScope?, projectName: String?, domain: CallerScope?, issued: Int64, expires: Int64
    ) {
        self.user = user
        self.serial = serial
        self.project = project
        self.projectName = projectName
        self.domain = domain
        self.issued = issued
        self.expires = expires
    }

    /// nil for anything that was not signed with the key.
    init?(_ text: String, key: [UInt8]) {
        guard text.utf8.count <= 8192 else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let body = Hexadecimal.bytes(parts[0]), let code = Hexadecimal.bytes(parts[1]) else { return nil }
        let expected = Self.code(body, key)
        guard code.count == expected.count, CRYPTO_memcmp(code, expected, code.count) == 0 else { return nil }
        self.init(user: "", serial: 0, project: nil, projectName: nil, domain: nil, issued: 0, expires: 0)
        do throws(CodingError) {
            let members = try JSONReader.read(body) { reader throws(CodingError) in
                var members: [String: String] = [:]
                try reader.beginObject()
                while let name = try reader.nextMember() {
                    members[name] =
                        try reader.peekKind == .number
                        ? String(decoding: reader.bytes(in: try reader.rawValue()), as: UTF8.self) : try reader.string()
                }
                return members
            }
            guard let user = members["user"], let serial = members["serial"].flatMap({ Int($0) }),
                let issued = members["issued"].flatMap({ Int64($0) }), let expires = members["expires"].flatMap({ Int64($0) })
            else { return nil }
            (self.user, self.serial, self.issued, self.expires) = (user, serial, issued, expires)
            guard let project = members["project"], let name = members["project_name"], let domain = members["domain"] else { return }
            self.project = CallerScope(id: project, name: String(name.split(separator: ":").last ?? ""))
            projectName = name
            self.domain = CallerScope(id: domain, name: members["domain_name"] ?? domain)
        } catch {
            return nil
        }
    }

    private static func code(_ body: [UInt8], _ key: [UInt8]) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: 32)
        // Fails only where memory does; a code of a single byte matches nothing.
        guard tungsten_hmac_sha256(key, Int32(key.count), body, body.count, &code) != 0 else { return [0] }
        return code
    }
}

extension Refusal {
    /// As Keystone refuses: clients that log in know that form.
    var keystoneReply: Reply {
        var writer = JSONWriter(reservingCapacity: 256)
        writer.beginObject()
        writer.key("error")
        writer.beginObject()
        writer.member("code", status)
        writer.member("title", status == 401 ? "Unauthorized" : status == 404 ? "Not Found" : status == 400 ? "Bad Request" : "Unavailable")
        writer.member("message", message)
        writer.endObject()
        writer.endObject()
        return Reply(status, body: writer.finish())
    }
}

extension Timestamp {
    static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }
}
