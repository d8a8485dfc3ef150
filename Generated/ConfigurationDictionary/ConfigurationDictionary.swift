// `swift build` puts what the configuration schema says of every type here, as text; Resources.SchemaDictionary reads it.
