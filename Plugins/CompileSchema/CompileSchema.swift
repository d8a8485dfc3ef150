// Build-tool plugin: makes the sources of each target under Generated/ from Schema/ during `swift build`.
//
// The target's name chooses schema folder and backend. Outputs must be known before the compiler runs and without parsing a schema, so
// there is one output per schema file, plus an index where a backend makes one.

import Foundation
import PackagePlugin

@main
struct CompileSchema: BuildToolPlugin {
    /// What a target is made of.
    private struct Recipe {
        let folder: String
        let fileExtension: String
        let backend: String
        /// `network.xsd` becomes `network+Model.swift`; nil: all schema files together become the extra outputs.
        let suffix: String?
        var extraOutputs: [String] = []
    }

    private static let recipes = [
        "ConfigurationModel": Recipe(folder: "Configuration", fileExtension: "xsd", backend: "swift-model", suffix: "Model"),
        "ConfigurationREST": Recipe(
            folder: "Configuration", fileExtension: "xsd", backend: "swift-rest", suffix: "REST", extraOutputs: ["Index+REST.swift"]),
        "ConfigurationClient": Recipe(folder: "Configuration", fileExtension: "xsd", backend: "swift-client", suffix: "Client"),
        "ConfigurationGraph": Recipe(
            folder: "Configuration", fileExtension: "xsd", backend: "swift-graph", suffix: "Graph", extraOutputs: ["Index+Graph.swift"]),
        "ConfigurationDictionary": Recipe(
            folder: "Configuration", fileExtension: "xsd", backend: "swift-dictionary", suffix: "Dictionary",
            extraOutputs: ["Index+Dictionary.swift"]),
        "ConfigurationDescription": Recipe(
            folder: "Configuration", fileExtension: "xsd", backend: "swift-openapi", suffix: nil, extraOutputs: ["OpenAPI.swift"]),
        "RouteMessages": Recipe(folder: "Routes", fileExtension: "xsd", backend: "swift-model", suffix: "Model"),
        "SandeshMessages": Recipe(folder: "Messages", fileExtension: "xml", backend: "swift-sandesh", suffix: "Sandesh"),
        "ForwarderMessages": Recipe(folder: "Forwarder", fileExtension: "xml", backend: "swift-forwarder", suffix: "Forwarder"),
    ]

    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        guard let recipe = Self.recipes[target.name] else {
            Diagnostics.error("CompileSchema has no recipe for the target \(target.name): add one to Plugins/CompileSchema")
            return []
        }
        let folder = context.package.directoryURL.appending(path: "Schema/\(recipe.folder)")
        let schemas = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == recipe.fileExtension }.sorted { $0.lastPathComponent < $1.lastPathComponent }
        let outputs =
            schemas.compactMap { schema in
                recipe.suffix.map { "\(schema.deletingPathExtension().lastPathComponent)+\($0).swift" }
            } + recipe.extraOutputs
        let destination = context.pluginWorkDirectoryURL
        return [
            .buildCommand(
                displayName: "Compiling Schema/\(recipe.folder) for \(target.name)",
                executable: try context.tool(named: "schemac").url,
                arguments: ["compile", "--backend", recipe.backend, "--out", destination.path] + schemas.map(\.path),
                inputFiles: schemas, outputFiles: outputs.map { destination.appending(path: $0) })
        ]
    }
}
