// `swift build` puts the messages of Schema/Messages here: value types that read and write themselves as Sandesh XML.
