// The schema of the build, and a server to work on.

import Client
import Coding
import ConfigServer
import ConfigurationDictionary
import ConfigurationREST
import Foundation
import Logging
import NIOTransport
import ObjectCommands
import Testing

let schema = ObjectSchema(ConfigurationResources.catalogue, ConfigurationDictionary.dictionary)

let project = ["default-domain", "default-project"]

/// A server with a folder of its own, for as long as `body` runs.
func withServer(_ body: (ObjectAccess, _ address: String) async throws -> Void) async throws {
    let folder = NSTemporaryDirectory() + "tungsten-objects-" + UUID().uuidString
    let server = try await ConfigServer.listen(
        ConfigServer.Options(port: 0, dataDirectory: folder), ConfigurationResources.catalogue,
        Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    try await server.load()
    let address = try #require(NIOTransport.Address(server.address))
    let result: Result<Void, any Error>
    do {
        result = .success(try await body(ObjectAccess(NIOTransport([address]), schema), server.address))
    } catch {
        result = .failure(error)
    }
    try await server.stop()
    try? FileManager.default.removeItem(atPath: folder)
    try result.get()
}

func documents(_ text: String, file: String = "file.yaml") throws -> [ObjectDocument] {
    try DocumentReader.read(text, file: file, schema: schema)
}

/// The words of the error that `body` throws.
func complaint(_ body: () async throws -> Void) async -> String {
    do {
        try await body()
        return "nothing was thrown"
    } catch {
        return "\(error)"
    }
}

extension ObjectAccess {
    /// Lines of what `apply` did.
    func applied(_ text: String, trial: Bool = false) async throws -> [String] {
        var lines: [String] = []
        try await apply(try documents(text), trial: trial) { lines.append($0.line) }
        return lines
    }
}
