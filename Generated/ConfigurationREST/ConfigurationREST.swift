// `swift build` puts a descriptor for each object type of Schema/Configuration here; the configuration server interprets them.
