// `swift build` puts the value types of Schema/Configuration here: structs and open enumerations with JSON and XML coding.
