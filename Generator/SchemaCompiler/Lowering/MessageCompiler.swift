// The entry to message definitions: documents in, models out. Findings go to the diagnostics; the models are to be used only if there
// was no error.

/// Lowers message definitions to their models.
public enum MessageCompiler {
    static let sandeshNamespace = "urn:tungsten:messages"
    static let forwarderNamespace = "urn:tungsten:forwarder"

    /// Lowers files whose root element is `<messages>`.
    public static func lowerSandesh(_ documents: [Document], _ diagnostics: Diagnostics) -> SandeshModel {
        SandeshLowering.lower(documents, diagnostics)
    }

    /// Lowers files whose root element is `<forwarder>`.
    public static func lowerForwarder(_ documents: [Document], _ diagnostics: Diagnostics) -> ForwarderModel {
        ForwarderLowering.lower(documents, diagnostics)
    }

    /// Whether a document holds message definitions of either kind, rather than a data model.
    public static func isMessageDefinition(_ document: Document) -> Bool { document.root.name == "messages" || isForwarder(document) }

    /// Lowers a mixture of both, each file by its root element: what a check of everything needs.
    public static func lower(_ documents: [Document], _ diagnostics: Diagnostics) -> (sandesh: SandeshModel, forwarder: ForwarderModel) {
        let forwarder = documents.filter(isForwarder)
        let sandesh = documents.filter { !isForwarder($0) }
        return (
            sandesh.isEmpty ? SandeshModel() : lowerSandesh(sandesh, diagnostics),
            forwarder.isEmpty ? ForwarderModel() : lowerForwarder(forwarder, diagnostics)
        )
    }

    private static func isForwarder(_ document: Document) -> Bool { document.root.name == "forwarder" }
}
