// `swift build` puts the node and link types of Schema/Configuration here: the graph of control nodes and agents.
