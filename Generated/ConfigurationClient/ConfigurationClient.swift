// `swift build` puts an accessor for each object type of Schema/Configuration here: the typed client.
