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
        .executable(name: "schemac", targets: ["schemac"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
    ],
    targets: [
        // Generator: the schema compiler. Imports nothing of ours.
        .systemLibrary(
            name: "CLibXML2", path: "Generator/CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .target(name: "SchemaCompiler", dependencies: ["CLibXML2"], path: "Generator/SchemaCompiler", swiftSettings: strict),
        .executableTarget(
            name: "schemac",
            dependencies: ["SchemaCompiler", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            path: "Generator/schemac", swiftSettings: strict),

        // Foundations: what generated code stands on. Knows no schema type.
        .target(name: "Coding", path: "Runtime/Foundations/Coding", swiftSettings: strict),
        .target(name: "NetworkTypes", path: "Runtime/Foundations/NetworkTypes", swiftSettings: strict),

        .testTarget(name: "CodingTests", dependencies: ["Coding"], path: "Tests/CodingTests", swiftSettings: strict),
        .testTarget(name: "NetworkTypesTests", dependencies: ["NetworkTypes"], path: "Tests/NetworkTypesTests", swiftSettings: strict),
    ]
)
