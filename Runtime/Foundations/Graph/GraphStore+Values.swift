// Properties and link data as values, for consumers whose graph holds JSON, as one that follows the configuration does.

import Coding

extension GraphStore {
    /// A property of a node; nil when the node is not there or does not have it. Members that a newer schema added are passed over.
    public func value<Value: JSONCodable>(
        of node: NodeName, _ property: String, as type: Value.Type = Value.self
    ) throws(CodingError) -> Value? {
        guard let json = properties(of: node)?[property] else { return nil }
        return try Value(json: json, unknownMembers: .skip)
    }

    /// The data of a link; nil when the link is not shown or carries none.
    public func data<Value: JSONCodable>(of link: LinkName, as type: Value.Type) throws(CodingError) -> Value? {
        guard let json = data(of: link) ?? nil else { return nil }
        return try Value(json: json, unknownMembers: .skip)
    }
}
