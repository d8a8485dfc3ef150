// A file that an import reads: an export of this platform, or of the older one, whatever its members come first.

/// What is in a file, object by object.
public enum ImportedDocument {
    /// Reads a document to its end.
    ///
    /// - Parameter refuse: called with what cannot be taken over from the older platform, before anything is handed over; may end
    ///   it all.
    public static func read(
        _ source: @escaping DocumentReader.Source, _ service: ConfigurationService,
        refuse: (_ problems: [String]) throws(StoreError) -> Void, object: (ObjectRow) throws(StoreError) -> Void,
        value: (_ key: String, _ value: [UInt8]) throws(StoreError) -> Void
    ) throws(StoreError) {
        var reader = DocumentReader(source)
        var own = ArchiveMembers()
        var older: OlderExport.Tables?
        try reader.beginObject()
        var isFirst = true
        while let member = try reader.nextMember() {
            if older != nil || isFirst {
                var tables = older ?? OlderExport.Tables()
                older = nil
                if try tables.read(member, &reader) {
                    older = tables
                    isFirst = false
                    continue
                }
                guard isFirst else {
                    try reader.skip()
                    older = tables
                    continue
                }
            }
            isFirst = false
            guard try own.read(member, &reader, object: object, value: value) else {
                throw reader.failure("an export has no member '\(member)'")
            }
        }
        guard let tables = older.take() else { return try own.finish(&reader) }
        try tables.finish(&reader)
        let made = OlderExport(tables, service)
        if !made.problems.isEmpty { try refuse(made.problems) }
        for row in made.archive.rows { try object(row) }
        for (key, text) in made.archive.values { try value(key, text) }
    }
}
