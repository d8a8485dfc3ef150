// Schema/ holds no code: the schema files lie beside this one. It is a target so that SwiftPM notices schema files that are added or
// removed, and runs the schema compiler again.
