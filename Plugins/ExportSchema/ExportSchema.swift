// Command plugin: writes what is not Swift — the Python package, OpenAPI, JSON Schema, the manual — to a folder of the user's choice.
//
//     swift package --allow-writing-to-package-directory export-schema [--backend NAME]… [--out FOLDER]

import Foundation
import PackagePlugin

@main
struct ExportSchema: CommandPlugin {
    func performCommand(context: PluginContext, arguments: [String]) async throws {
        var extractor = ArgumentExtractor(arguments)
        let chosen = extractor.extractOption(named: "backend")
        let backends = chosen.isEmpty ? ["python", "openapi", "json-schema", "manual"] : chosen
        let root = context.package.directoryURL
        let out =
            extractor.extractOption(named: "out").last.map { URL(filePath: $0, relativeTo: root) } ?? root.appending(path: "Build/schema")
        let rest = extractor.remainingArguments
        guard rest.isEmpty else {
            Diagnostics.error("unknown argument \(rest[0]); use --backend NAME and --out FOLDER")
            return
        }
        let schemac = try context.tool(named: "schemac").url
        for backend in backends {
            let folder = out.appending(path: backend)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let process = try Process.run(
                schemac,
                arguments: ["compile", "--backend", backend, "--out", folder.path, root.appending(path: "Schema/Configuration").path])
            process.waitUntilExit()
            guard process.terminationReason == .exit, process.terminationStatus == 0 else {
                Diagnostics.error("schemac failed for the backend \(backend)")
                return
            }
            print("\(backend): \(folder.path)")
        }
    }
}
