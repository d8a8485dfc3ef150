// How objects are shown: -o.

import ArgumentParser
import Client
import Coding
import Foundation
import ObjectCommands
import Resources

enum ObjectFormat: String, ExpressibleByArgument, CaseIterable {
    case table
    case wide
    case json
    case yaml
    case name
}

struct ObjectOutput: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "table: what matters. wide: everything that fits on a line. json, yaml: all of it, as `apply -f` reads it. name: type and name.",
            valueName: "format"))
    var output = ObjectFormat.table

    @Flag(name: .customLong("no-headers"), help: "Tables without the line that names their columns.")
    var noHeaders = false

    /// - Parameter asList: the question was for any number of objects.
    func show(_ objects: [StoredObject], _ schema: ObjectSchema, asList: Bool) throws {
        switch output {
        case .table, .wide:
            var types: [ResourceType] = []
            for object in objects where !types.contains(where: { $0.name == object.type.name }) { types.append(object.type) }
            for (index, type) in types.enumerated() {
                let table = ObjectTable.make(objects.filter { $0.type.name == type.name }, of: type, schema, wide: output == .wide)
                Output.write((index > 0 ? "\n" : "") + table.text(headings: !noHeaders))
            }
        case .json: Output.write(ObjectText.json(objects, schema, asList: asList))
        case .yaml: Output.write(try ObjectText.yaml(objects, schema))
        case .name: for object in objects { Output.line("\(object.type.name) \(object.name.joined)") }
        }
    }
}
