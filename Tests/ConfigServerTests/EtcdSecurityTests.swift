// A real etcd that speaks TLS only, lets in those with a certificate of its authority, and has users: the store works on it as on any other,
// whoever may not get in is told why, and nobody is told a password.

import ConfigServerCore
import Foundation
import NIOTransport
import NetworkTypes
import Testing

@testable import ConfigServer

@Suite struct EtcdSecurityTests {
    private static let password = "correct:horse"

    /// An authority, a certificate of it for 127.0.0.1 that serves either end, and files with credentials. The certificate has no common name:
    /// etcd's gateway to JSON takes none together with certificates of clients.
    private struct Files {
        let folder: TemporaryFolder

        init() throws {
            folder = try TemporaryFolder()
            try write("own.ext", "subjectAltName=IP:127.0.0.1,DNS:localhost")
            let new = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
            try openssl("req -x509 \(new) -keyout ca.key -out ca.pem -days 2 -subj /CN=authority")
            try openssl("req \(new) -keyout own.key -out own.csr -subj /")
            try openssl("x509 -req -in own.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out own.pem -extfile own.ext")
            try write("good", "tungsten:\(EtcdSecurityTests.password)\n")
            try write("bad", "tungsten:battery-staple\n")
        }

        func path(_ name: String) -> String { folder.path + "/" + name }

        func write(_ name: String, _ text: String, mode: Int = 0o600) throws {
            try text.write(toFile: path(name), atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path(name))
        }

        private func openssl(_ arguments: String) throws {
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/openssl")
            process.arguments = arguments.split(separator: " ").map(String.init)
            process.currentDirectoryURL = URL(filePath: folder.path)
            process.standardError = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0, "openssl \(arguments)")
        }

        func reached(
            _ store: String, authorities: String? = "ca.pem", certificate: String? = "own.pem", key: String? = "own.key",
            credentials: String? = "good"
        ) throws(StoreError) -> StoreChoice {
            try StoreChoice(store).reached(
                authorities: authorities.map(path), certificate: certificate.map(path), key: key.map(path),
                credentialsFile: credentials.map(path))
        }
    }

    /// Gives etcd users, of whom one may reach the keys below a prefix.
    private static func addUsers(_ client: EtcdClient, prefix: String) async throws {
        func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }
        let permission = #"{"permType": "READWRITE", "key": "\#(base64(prefix))", "range_end": "\#(base64(prefix.dropLast() + "~"))"}"#
        for (path, body) in [
            ("user/add", #"{"name": "root", "password": "root"}"#), ("user/grant", #"{"user": "root", "role": "root"}"#),
            ("role/add", #"{"name": "configuration"}"#),
            ("role/grant", #"{"name": "configuration", "perm": \#(permission)}"#),
            ("user/add", #"{"name": "tungsten", "password": "\#(password)"}"#),
            ("user/grant", #"{"user": "tungsten", "role": "configuration"}"#), ("enable", "{}"),
        ] { try await insist("/v3/auth/" + path, body, client) }
    }

    /// An etcd on a busy machine may answer later than a client waits: whatever it says to the next attempt, the first was carried out.
    private static func insist(_ path: String, _ body: String, _ client: EtcdClient) async throws {
        for attempt in 0... {
            do throws(EtcdFailure) {
                _ = try await client.send((path, Array(body.utf8)))
                return
            } catch {
                if attempt > 0, error.kind != .unavailable { return }
                guard error.kind == .unavailable, attempt < 20 else { throw error }
            }
        }
    }

    @Test(.enabled(if: EtcdProcess.isInstalled)) func aStoreIsReachedWithACertificateAndAPassword() async throws {
        let files = try Files()
        let etcd = try EtcdProcess.start(certificates: files.folder.path)
        let place = "etcd:https://\(etcd.address)/secure"
        let choice = try files.reached(place)
        guard case .etcd(let addresses, let prefix, let access) = choice else {
            Issue.record("\(choice)")
            return
        }
        #expect("\(choice) \(access)".contains(place) && !"\(choice) \(access) \(access.credentials as Any)".contains(Self.password))
        // Before it has users an etcd asks nobody who they are; the certificate is enough.
        let first = EtcdStore(addresses, prefix: prefix, access: access, heldChanges: 100)
        var position = try first.load(object: { _ in }, value: { _, _ in }, change: { _ in })
        try await Self.addUsers(EtcdClient(addresses, access), prefix: "/secure/")
        let second = EtcdStore(addresses, prefix: prefix, access: access, heldChanges: 100)
        func store(_ key: String, by store: EtcdStore) throws {
            let commit = Commit(rows: [.setValue(key: key, value: Array("1".utf8))], log: [])
            guard case .stored = try store.append(commit, after: position) else {
                throw StoreError(.failed, "overtaken where nobody else writes")
            }
            position = position.after(commit)
        }
        // The one without a token and the one with the token of an etcd whose users changed since both go on.
        try store("a", by: first)
        _ = try second.load(object: { _ in }, value: { _, _ in }, change: { _ in })
        try store("b", by: second)
        let root = EtcdClient(addresses, try Self.root(access))
        try await Self.insist("/v3/auth/user/add", #"{"name": "another", "password": "x"}"#, root)
        try store("c", by: second)
        #expect(try first.commits(after: StorePosition(commit: position.commit - 2, revision: position.revision)).count == 2)
        // Keeping the checkpoint, and compaction, are within what the user may do.
        second.keep()
        let kept = second.layout.all("values/")
        #expect(try second.call(EtcdRange(kept.start, end: kept.end, keysOnly: true).request).pairs.count == 3)
        var keys: [String] = []
        _ = try first.load(object: { _ in }, value: { key, _ in keys.append(key) }, change: { _ in })
        #expect(keys == ["a", "b", "c"])
        first.close()
        second.close()

        func refusal(_ choice: StoreChoice) -> String {
            guard case .etcd(let addresses, let prefix, let access) = choice else { return "" }
            let store = EtcdStore(addresses, prefix: prefix, access: access)
            defer { store.close() }
            store.note(trouble: "do not wait")
            do throws(StoreError) {
                _ = try store.load(object: { _ in }, value: { _, _ in }, change: { _ in })
                return ""
            } catch {
                return error.message
            }
        }
        let wrong = refusal(try files.reached(place, credentials: "bad"))
        #expect(wrong.contains("etcd does not let the user tungsten in") && !wrong.contains("battery"), "\(wrong)")
        #expect(refusal(try files.reached(place, credentials: nil)).contains("--etcd-credentials"))
        #expect(refusal(try files.reached(place + "/elsewhere")).contains("permission denied") == false)
        #expect(refusal(try files.reached("etcd:https://\(etcd.address)/other")).contains("permission denied"))
        #expect(refusal(try files.reached(place, certificate: nil, key: nil)).contains("out of reach"))
        #expect(refusal(try files.reached(place, authorities: nil)).contains("out of reach"))
    }

    private static func root(_ access: EtcdAccess) throws -> EtcdAccess {
        var root = access
        root.credentials = EtcdAccess.Credentials(user: "root", password: "root")
        return root
    }

    @Test func filesAreLookedAtBeforeTheyAreUsed() throws {
        let files = try Files()
        func expectRefused(
            _ text: String, _ choice: () throws(StoreError) -> StoreChoice, sourceLocation: SourceLocation = #_sourceLocation
        ) {
            do throws(StoreError) {
                let choice = try choice()
                Issue.record("\(choice) instead of '\(text)'", sourceLocation: sourceLocation)
            } catch {
                #expect(error.message.contains(text), "\(error.message)", sourceLocation: sourceLocation)
            }
        }
        let secure = "etcd:https://127.0.0.1:2379"
        expectRefused("none.pem") { () throws(StoreError) in try files.reached(secure, authorities: "none.pem") }
        expectRefused("own.ext") { () throws(StoreError) in try files.reached(secure, authorities: "own.ext") }
        expectRefused("none.key") { () throws(StoreError) in try files.reached(secure, key: "none.key") }
        expectRefused("name both files") { () throws(StoreError) in try files.reached(secure, key: nil) }
        expectRefused("none cannot be read") { () throws(StoreError) in try files.reached(secure, credentials: "none") }
        try files.write("open", "tungsten:secret", mode: 0o644)
        expectRefused("run: chmod o= ") { () throws(StoreError) in try files.reached(secure, credentials: "open") }
        for text in ["", "tungsten", ":secret", "tungsten:", "\ntungsten:secret"] {
            try files.write("odd", text)
            expectRefused("is not USER:PASSWORD") { () throws(StoreError) in try files.reached(secure, credentials: "odd") }
        }
        expectRefused("certificates are for TLS") { () throws(StoreError) in try files.reached("etcd:http://127.0.0.1:2379") }
        expectRefused("write https://10.0.0.1:2379") { () throws(StoreError) in
            try files.reached("etcd:http://10.0.0.1:2379", authorities: nil, certificate: nil, key: nil)
        }
        expectRefused("go with --store etcd:") { () throws(StoreError) in try files.reached("sqlite") }
        expectRefused("with TLS and without") { () throws(StoreError) in try StoreChoice("etcd:https://a:1,http://b:1") }
        expectRefused("'b:1' is not an address of etcd") { () throws(StoreError) in try StoreChoice("etcd:https://a:1,b:1") }
        #expect("\(try StoreChoice("etcd:https://a:1,https://b:2/p"))" == "etcd:https://a:1,https://b:2/p")
    }
}
