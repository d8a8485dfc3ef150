// Reading the graph for one purpose: notes what was looked at, so that it is known when to look again, and what could not be understood. What
// cannot be understood is left out; it never makes the rest unusable.

import Coding
import Graph
import NetworkTypes

struct ConfigurationEvaluation {
    var reader: GraphReader
    /// In words for the operator: where, what, and what became of it.
    private(set) var problems: [String] = []

    init(_ graph: GraphStore) { reader = GraphReader(graph) }

    mutating func report(_ problem: String) {
        if !problems.contains(problem) { problems.append(problem) }
    }

    mutating func value<Value: JSONCodable>(of node: NodeName, _ property: String, as type: Value.Type = Value.self) -> Value? {
        do throws(CodingError) {
            return try reader.value(of: node, property, as: type)
        } catch {
            report("\(node): \(property) cannot be read and is left out: \(error)")
            return nil
        }
    }

    mutating func data<Value: JSONCodable>(of link: LinkName, as type: Value.Type = Value.self) -> Value? {
        do throws(CodingError) {
            return try reader.data(of: link, as: type)
        } catch {
            report("the \(link.metadata) of \(link.left) and \(link.right) cannot be read and is left out: \(error)")
            return nil
        }
    }

    /// A value in its notation; an empty one counts as none.
    mutating func parse<Value: NetworkValue>(_ text: String?, _ what: @autoclosure () -> String) -> Value? {
        guard let text, !text.isEmpty else { return nil }
        do {
            return try Value(parsing: text)
        } catch {
            report("\(what()): \(error)")
            return nil
        }
    }

    /// The number of an autonomous system; 0 counts as none.
    mutating func system(_ number: Int?, _ what: @autoclosure () -> String) -> ASNumber? {
        guard let number, number != 0 else { return nil }
        guard let value = UInt32(exactly: number) else {
            report("\(what()): \(number) is no autonomous system; expected 1 to 4294967295")
            return nil
        }
        return ASNumber(value)
    }
}
