// What a shell offers at Tab: types from the model, names from the server, members of the type that stands before. Quick or nothing.

import ArgumentParser
import Foundation
import NIOCore
import ObjectCommands
import Resources

enum Completion {
    static let types = CompletionKind.custom { _, _, _ in ObjectOptions.schema.catalogue.types.map(\.name) }

    static let names = CompletionKind.custom { (words: [String], _: Int, _: String) async -> [String] in await names(words) }

    /// Names while there are none, then members to set.
    static let members = CompletionKind.custom { (words: [String], _: Int, _: String) -> [String] in
        guard let type = type(words) else { return [] }
        return (ObjectOptions.schema.properties(of: type).map(\.name) + type.references.map(\.key)).map { $0 + "=" }
    }

    static let explanations = CompletionKind.custom { (_: [String], _: Int, prefix: String) -> [String] in
        let schema = ObjectOptions.schema
        guard let dot = prefix.firstIndex(of: "."), let type = try? schema.type(String(prefix[..<dot])) else {
            return schema.catalogue.types.map(\.name)
        }
        return (schema.properties(of: type).map(\.name) + type.references.map(\.key)).map { "\(prefix[..<dot]).\($0)" }
    }

    private static func type(_ words: [String]) -> ResourceType? {
        words.lazy.drop { $0 != "tungsten" && !$0.hasSuffix("/tungsten") }.dropFirst(2).compactMap { try? ObjectOptions.schema.type($0) }
            .first
    }

    private static func names(_ words: [String]) async -> [String] {
        guard let type = type(words), let options = try? ObjectOptions.parse([]),
            let access = try? options.access(patience: .seconds(2), asks: false),
            let names = try? await access.names(type)
        else { return [] }
        return names.map(\.joined)
    }
}
