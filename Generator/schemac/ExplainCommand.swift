// schemac explain: what is this?

import ArgumentParser
import SchemaCompiler

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say what an object, a property, a type or a reference is.",
        discussion: """
            Shows its documentation, type, range and default, who holds it or refers to it, and what it is called in REST, JSON, Swift, \
            Python and the schema. Names may be written as in any of them:

              schemac explain virtual-network
              schemac explain virtual-network.virtual-network-properties.forwarding-mode
              schemac explain virtual-network.network_ipam_refs
              schemac explain SubnetType.ip_prefix
            """)

    @Argument(help: ArgumentHelp("What to explain.", valueName: "type[.property[.member…]]"))
    var noun: String

    @OptionGroup var schema: SchemaArguments

    func run() throws {
        let (compiler, model) = try schema.model()
        do {
            writeAnswer(try Explainer(model: model).explain(noun).rendered())
        } catch {
            writeError("schemac: error: \(error.message)\n    hint: \(error.hint)\n")
            finish(compiler, status: 1)
        }
        finish(compiler)
    }
}
