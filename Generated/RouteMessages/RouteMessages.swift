// `swift build` puts the value types of Schema/Routes here: what agents and control nodes say about routes, with XML coding.
