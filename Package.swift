// swift-tools-version: 6.2
// The map: every target, its folder, and the shortest possible list of what it stands on. README.md walks through the rooms.

import PackageDescription

/// Swift 6 language mode is the default of this tools version; these make dependencies visible where they are used.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "tungsten",
    products: [
        .executable(name: "schemac", targets: ["schemac"]),
        .executable(name: "tungsten", targets: ["tungsten"]),
        .executable(name: "tungsten-vrouter", targets: ["tungsten-vrouter"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.4"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // Schema: what exists. No code; the target makes SwiftPM notice new and deleted files.
        .target(
            name: "Schema", path: "Schema", exclude: ["Configuration", "Forwarder", "Messages", "Routes", "annotations.xsd"],
            swiftSettings: strict),

        // Generator: the schema compiler. Imports nothing of ours.
        .systemLibrary(
            name: "CLibXML2", path: "Generator/CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .target(name: "SchemaCompiler", dependencies: ["CLibXML2"], path: "Generator/SchemaCompiler", swiftSettings: strict),
        .executableTarget(
            name: "schemac",
            dependencies: ["SchemaCompiler", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            path: "Generator/schemac", swiftSettings: strict),
        .plugin(name: "CompileSchema", capability: .buildTool(), dependencies: ["schemac"], path: "Plugins/CompileSchema"),
        .plugin(
            name: "ExportSchema",
            capability: .command(
                intent: .custom(verb: "export-schema", description: "Write the Python package, OpenAPI, JSON Schema and the manual."),
                permissions: [.writeToPackageDirectory(reason: "It writes what is made from the schema.")]),
            dependencies: ["schemac"], path: "Plugins/ExportSchema"),

        // Foundations: what generated code stands on. Knows no schema type.
        .target(name: "Coding", path: "Runtime/Foundations/Coding", swiftSettings: strict),
        .target(name: "NetworkTypes", path: "Runtime/Foundations/NetworkTypes", swiftSettings: strict),
        .target(name: "Resources", dependencies: ["Coding"], path: "Runtime/Foundations/Resources", swiftSettings: strict),
        .target(name: "Graph", dependencies: ["Coding"], path: "Runtime/Foundations/Graph", swiftSettings: strict),
        .target(name: "Client", dependencies: ["Coding", "Resources"], path: "Runtime/Foundations/Client", swiftSettings: strict),
        .target(
            name: "Sandesh", dependencies: ["Coding", "NetworkTypes"], path: "Runtime/Foundations/Sandesh", swiftSettings: strict),
        .target(name: "Attributes", dependencies: ["NetworkTypes"], path: "Runtime/Foundations/Attributes", swiftSettings: strict),
        .target(name: "XMPP", dependencies: ["Coding", "Graph"], path: "Runtime/Foundations/XMPP", swiftSettings: strict),
        .target(
            name: "NIOTransport",
            dependencies: [
                "Client",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            path: "Runtime/Foundations/NIOTransport", swiftSettings: strict),
        .target(
            name: "GraphFeed", dependencies: ["Client", "Coding", "Graph"], path: "Runtime/Foundations/GraphFeed", swiftSettings: strict),

        // Generated: made from Schema/ by the plugin during `swift build`.
        generated("ConfigurationModel", ["Coding", "Resources"]),
        generated("ConfigurationREST", ["ConfigurationModel", "Coding", "Resources"]),
        generated("ConfigurationClient", ["ConfigurationModel", "Client"]),
        generated("ConfigurationDictionary", ["Resources"]),
        generated("ConfigurationDescription", []),
        generated("ConfigurationGraph", ["ConfigurationModel", "Coding", "Graph"]),
        generated("RouteMessages", ["Coding", "Resources"]),
        generated("SandeshMessages", ["Coding", "NetworkTypes", "Sandesh"]),
        generated("ForwarderMessages", ["Attributes", "NetworkTypes"]),

        // Services: each a pure Core, and a Shell that owns sockets, files, the clock and random numbers.
        .target(
            name: "ConfigServerCore", dependencies: ["Coding", "ConfigurationModel", "NetworkTypes", "Resources"],
            path: "Runtime/Services/ConfigServer/Core", swiftSettings: strict),
        .systemLibrary(
            name: "CSQLite", path: "Runtime/Services/ConfigServer/CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CAllocator", path: "Runtime/Services/ConfigServer/CAllocator"),
        .systemLibrary(name: "CCrypt", path: "Runtime/Services/ConfigServer/CCrypt", providers: [.apt(["libcrypt-dev", "libssl-dev"])]),
        .target(
            name: "ConfigServer",
            dependencies: [
                "CAllocator", "CCrypt", "Client", "Coding", "ConfigServerCore", "CSQLite", "NIOTransport", "NetworkTypes", "Resources",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            path: "Runtime/Services/ConfigServer/Shell", swiftSettings: strict),

        .target(
            name: "ControlNodeCore", dependencies: ["Coding", "ConfigurationModel", "Graph", "NetworkTypes", "RouteMessages", "XMPP"],
            path: "Runtime/Services/ControlNode/Core", swiftSettings: strict),
        .target(
            name: "AgentCore",
            dependencies: [
                "Attributes", "Coding", "ConfigurationModel", "ForwarderMessages", "Graph", "NetworkTypes", "RouteMessages", "XMPP",
            ],
            path: "Runtime/Services/Agent/Core", swiftSettings: strict),
        .systemLibrary(name: "CMNL", path: "Runtime/Services/Agent/CMNL", pkgConfig: "libmnl", providers: [.apt(["libmnl-dev"])]),
        .target(
            name: "Agent",
            dependencies: [
                "AgentCore", "CMNL", "Attributes", "Client", "Coding", "ConfigurationClient", "ConfigurationGraph", "ForwarderMessages",
                "GraphFeed", "NetworkTypes", "XMPP",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Runtime/Services/Agent/Shell", swiftSettings: strict),

        .target(
            name: "SchemaTransformerCore", dependencies: ["Coding", "ConfigurationModel", "Graph", "NetworkTypes"],
            path: "Runtime/Services/SchemaTransformer/Core", swiftSettings: strict),
        .target(
            name: "SchemaTransformer",
            dependencies: [
                "Client", "Coding", "ConfigurationClient", "ConfigurationGraph", "ConfigurationModel", "Graph", "GraphFeed", "Resources",
                "SchemaTransformerCore",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Runtime/Services/SchemaTransformer/Shell", swiftSettings: strict),
        .target(
            name: "ControlNode",
            dependencies: [
                "Client", "Coding", "ConfigurationGraph", "ControlNodeCore", "Graph", "GraphFeed", "NetworkTypes", "XMPP",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Runtime/Services/ControlNode/Shell", swiftSettings: strict),

        .target(
            name: "AgentSimulation",
            dependencies: [
                "Coding", "Graph", "RouteMessages", "XMPP",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Runtime/Services/AgentSimulation", swiftSettings: strict),

        // The executable: one subcommand a role.
        .target(name: "Supervision", path: "Runtime/Tungsten/Supervision", swiftSettings: strict),
        .target(
            name: "Demonstration",
            dependencies: ["Client", "Coding", "ConfigurationClient", "ConfigurationModel", "NetworkTypes", "Resources", "Supervision"],
            path: "Runtime/Tungsten/Demonstration", swiftSettings: strict),
        .target(
            name: "ObjectCommands",
            dependencies: [
                "Client", "Coding", "NetworkTypes", "Resources", .product(name: "Yams", package: "Yams"),
            ],
            path: "Runtime/Tungsten/ObjectCommands", swiftSettings: strict),
        .executableTarget(
            name: "tungsten",
            dependencies: [
                "Agent", "AgentCore", "AgentSimulation", "Attributes", "Client", "Coding", "ConfigServer", "ConfigServerCore",
                "ConfigurationClient", "ConfigurationDescription", "ConfigurationDictionary", "ConfigurationModel", "ConfigurationREST",
                "ControlNode", "Demonstration", "ForwarderMessages", "NIOTransport", "NetworkTypes", "ObjectCommands", "Resources",
                "SchemaTransformer",
                "Supervision",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            path: "Runtime/Tungsten", exclude: ["Demonstration", "ObjectCommands", "Supervision"], swiftSettings: strict),

        // A script for those who begin with the typed client; README.md shows it.
        .executableTarget(
            name: "TwoPorts",
            dependencies: ["Client", "ConfigurationClient", "ConfigurationModel", "NIOTransport", "Resources"],
            path: "Examples/TwoPorts", exclude: ["two-ports.py", "two-ports.sh"], swiftSettings: strict),

        // The forwarder, in C: its core, the messages that drive it, and the port that makes it a process.
        .executableTarget(
            name: "tungsten-vrouter", path: "Runtime/Forwarder", sources: ["core", "control", "messages", "port/user"],
            publicHeadersPath: "include",
            cSettings: [
                .headerSearchPath("core"), .headerSearchPath("control"), .headerSearchPath("messages"), .headerSearchPath("port/user"),
                .define("_GNU_SOURCE"),
            ]),

        .executableTarget(
            name: "CodecBenchmark", dependencies: ["Coding", "ConfigurationModel"], path: "Tests/Benchmarks/Codec", swiftSettings: strict),
        .executableTarget(
            name: "ConstantServer",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Tests/Benchmarks/ConstantServer", swiftSettings: strict),
        .testTarget(name: "ArchitectureTests", path: "Tests/ArchitectureTests", swiftSettings: strict),
        .testTarget(name: "CodingTests", dependencies: ["Coding"], path: "Tests/CodingTests", swiftSettings: strict),
        .testTarget(
            name: "ConfigurationTests",
            dependencies: [
                "Coding", "ConfigurationGraph", "ConfigurationModel", "ConfigurationREST", "Graph", "Resources", "SchemaCompiler",
            ],
            path: "Tests/ConfigurationTests", swiftSettings: strict),
        .testTarget(
            name: "NetworkTypesTests", dependencies: ["NetworkTypes"], path: "Tests/NetworkTypesTests", swiftSettings: strict),
        .testTarget(
            name: "AttributesTests", dependencies: ["Attributes", "NetworkTypes"], path: "Tests/AttributesTests", swiftSettings: strict),
        .testTarget(
            name: "ForwarderMessagesTests", dependencies: ["Attributes", "ForwarderMessages", "NetworkTypes", "SchemaCompiler"],
            path: "Tests/ForwarderMessagesTests", swiftSettings: strict),
        .target(name: "ForwarderModel", dependencies: ["NetworkTypes"], path: "Tests/ForwarderModel", swiftSettings: strict),
        .executableTarget(
            name: "forwarder-model-rows", dependencies: ["ForwarderModel"], path: "Tests/ForwarderModelRows", swiftSettings: strict),
        .testTarget(
            name: "ForwarderModelTests", dependencies: ["ForwarderModel"], path: "Tests/ForwarderModelTests", swiftSettings: strict),
        .testTarget(
            name: "SandeshTests", dependencies: ["Coding", "NetworkTypes", "Sandesh", "SandeshMessages"], path: "Tests/SandeshTests",
            swiftSettings: strict),
        .testTarget(
            name: "ConfigServerTests",
            dependencies: [
                "Coding", "ConfigServer", "ConfigServerCore", "ConfigurationREST", "CSQLite", "NetworkTypes", "NIOTransport",
                "Resources",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Tests/ConfigServerTests", swiftSettings: strict),
        .testTarget(
            name: "ControlNodeTests",
            dependencies: [
                "Coding", "ConfigurationGraph", "ConfigurationModel", "ControlNode", "ControlNodeCore", "Graph", "NetworkTypes",
                "RouteMessages", "XMPP",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/ControlNodeTests", swiftSettings: strict),
        .testTarget(
            name: "MessageCompilerTests", dependencies: ["SchemaCompiler"], path: "Tests/MessageCompilerTests", swiftSettings: strict),
        .testTarget(
            name: "SchemaCompilerTests", dependencies: ["SchemaCompiler"], path: "Tests/SchemaCompilerTests",
            exclude: ["Snippets", "Wrong"],
            swiftSettings: strict),
        .testTarget(
            name: "DemonstrationTests",
            dependencies: [
                "Client", "ConfigServer", "ConfigurationClient", "ConfigurationModel", "ConfigurationREST", "Demonstration", "NIOTransport",
                "Resources",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/DemonstrationTests", swiftSettings: strict),
        .testTarget(
            name: "ObjectCommandsTests",
            dependencies: [
                "Client", "Coding", "ConfigServer", "ConfigurationDictionary", "ConfigurationREST", "NIOTransport", "ObjectCommands",
                "Resources", "tungsten",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/ObjectCommandsTests", swiftSettings: strict),
        .testTarget(
            name: "SupervisionTests", dependencies: ["Supervision"], path: "Tests/SupervisionTests", swiftSettings: strict),
        .testTarget(name: "GraphTests", dependencies: ["Graph"], path: "Tests/GraphTests", swiftSettings: strict),
        .testTarget(
            name: "AgentChannelTests",
            dependencies: [
                "AgentSimulation", "Coding", "ControlNode", "Graph", "NetworkTypes", "RouteMessages", "XMPP",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Tests/AgentChannelTests", swiftSettings: strict),
        .testTarget(
            name: "ControlChainTests",
            dependencies: [
                "AgentCore", "AgentSimulation", "Client", "Coding", "ConfigServer", "ConfigurationClient", "ConfigurationModel",
                "ConfigurationREST", "ControlNode", "Demonstration", "Graph", "NIOTransport", "NetworkTypes", "Resources",
                "SchemaTransformer", "XMPP",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Tests/ControlChainTests", swiftSettings: strict),
        .testTarget(
            name: "RouteMessagesTests", dependencies: ["Coding", "RouteMessages"], path: "Tests/RouteMessagesTests", swiftSettings: strict),
        .testTarget(name: "XMPPTests", dependencies: ["Coding", "Graph", "XMPP"], path: "Tests/XMPPTests", swiftSettings: strict),
        .testTarget(
            name: "AgentTests",
            dependencies: [
                "Agent", "AgentCore", "Attributes", "Coding", "ConfigurationModel", "ControlNodeCore", "ForwarderMessages", "Graph",
                "NetworkTypes", "RouteMessages", "XMPP",
            ],
            path: "Tests/AgentTests", swiftSettings: strict),
        .testTarget(
            name: "AgentShellTests",
            dependencies: [
                "Agent", "AgentCore", "NetworkTypes",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Tests/AgentShellTests", swiftSettings: strict),
        .testTarget(
            name: "ClientTests",
            dependencies: [
                "Client", "Coding", "ConfigServer", "ConfigurationClient", "ConfigurationGraph", "ConfigurationModel", "ConfigurationREST",
                "Graph", "GraphFeed", "NIOTransport", "Resources", "TwoPorts",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Tests/ClientTests", swiftSettings: strict),
        .testTarget(
            name: "SchemaTransformerTests",
            dependencies: [
                "Client", "Coding", "ConfigServer", "ConfigurationClient", "ConfigurationGraph", "ConfigurationModel", "ConfigurationREST",
                "Graph", "GraphFeed", "NIOTransport", "Resources", "SchemaTransformer", "SchemaTransformerCore",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/SchemaTransformerTests", swiftSettings: strict),
    ],
    cLanguageStandard: .gnu11
)

/// A target whose sources the plugin makes.
func generated(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(
        name: name, dependencies: dependencies + ["Schema"], path: "Generated/\(name)", swiftSettings: strict, plugins: ["CompileSchema"])
}
