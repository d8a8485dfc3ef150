// Fields as elements. Generated code writes each field with one call and reads each with one, whatever it holds:
//
//     <name type="string" identifier="1" key="ObjectVNTable">default-domain:admin:vn1</name>
//     <tags type="list" identifier="2"><list type="string" size="1"><element>web</element></list></tags>
//
// `identifier` follows `type`, and what the analytics nodes are told about the field follows both.

import Coding

/// An attribute that the schema puts on a field: `key="ObjectVNTable"`.
public typealias SandeshAnnotations = KeyValuePairs<StaticString, String>

extension XMLWriter {
    private mutating func startField(_ name: StaticString, _ type: StaticString, _ identifier: Int, _ annotations: SandeshAnnotations) {
        start(name)
        attribute("type", "\(type)")
        attribute("identifier", "\(identifier)")
        for (name, value) in annotations { attribute(name, value) }
    }

    /// A value, inside the element that encloses it in a list.
    private mutating func sandeshElement<V: SandeshValue>(_ value: V) {
        start(V.sandeshElement)
        value.encodeSandesh(to: &self)
        end(V.sandeshElement)
    }

    /// A scalar field; nothing for nil.
    public mutating func sandeshField<V: SandeshScalar>(
        _ name: StaticString, _ identifier: Int, _ value: V?, _ annotations: SandeshAnnotations = [:]
    ) {
        guard let value else { return }
        startField(name, V.sandeshType, identifier, annotations)
        value.encodeSandesh(to: &self)
        end(name)
    }

    /// A structure, within an element of its own name.
    public mutating func sandeshField<V: SandeshStructure>(
        _ name: StaticString, _ identifier: Int, _ value: V?, _ annotations: SandeshAnnotations = [:]
    ) {
        guard let value else { return }
        startField(name, V.sandeshType, identifier, annotations)
        sandeshElement(value)
        end(name)
    }

    /// A list.
    public mutating func sandeshList<V: SandeshValue>(
        _ name: StaticString, _ identifier: Int, _ values: [V]?, _ annotations: SandeshAnnotations = [:]
    ) {
        guard let values else { return }
        startField(name, "list", identifier, annotations)
        start("list")
        attribute("type", "\(V.sandeshType)")
        attribute("size", "\(values.count)")
        for value in values { sandeshElement(value) }
        end("list")
        end(name)
    }

    /// A set, in ascending order.
    public mutating func sandeshSet<V: SandeshKey>(
        _ name: StaticString, _ identifier: Int, _ values: Set<V>?, _ annotations: SandeshAnnotations = [:]
    ) {
        guard let values else { return }
        startField(name, "set", identifier, annotations)
        start("set")
        attribute("type", "\(V.sandeshType)")
        attribute("size", "\(values.count)")
        for value in values.sorted() { sandeshElement(value) }
        end("set")
        end(name)
    }

    /// A map, in ascending order of its keys: a key's element, then its value's.
    public mutating func sandeshMap<K: SandeshKey, V: SandeshValue>(
        _ name: StaticString, _ identifier: Int, _ values: [K: V]?, _ annotations: SandeshAnnotations = [:]
    ) {
        guard let values else { return }
        startField(name, "map", identifier, annotations)
        start("map")
        attribute("key", "\(K.sandeshType)")
        attribute("value", "\(V.sandeshType)")
        attribute("size", "\(values.count)")
        for (key, value) in values.sorted(by: { $0.key < $1.key }) {
            sandeshElement(key)
            sandeshElement(value)
        }
        end("map")
        end(name)
    }
}

extension XMLReader {
    /// The scalar in the element on which the reader stands.
    public mutating func sandeshField<V: SandeshScalar>() throws(CodingError) -> V { try V(fromSandesh: &self) }

    /// The structure in the element on which the reader stands.
    public mutating func sandeshField<V: SandeshStructure>() throws(CodingError) -> V {
        let start = startOfElement
        var value: V?
        while try nextChild() != nil {
            guard value == nil, isElement(V.sandeshElement) else {
                throw error(
                    .unknownMember, "expected one element \(V.sandeshElement)", hint: "a structure's field holds the structure",
                    at: startOfElement)
            }
            value = try V(fromSandesh: &self)
        }
        guard let value else { throw error(.missingMember, "the element \(V.sandeshElement) is missing", at: start) }
        return value
    }

    /// The list in the element on which the reader stands. `size` is not looked at: the elements are there to be counted.
    public mutating func sandeshList<V: SandeshValue>() throws(CodingError) -> [V] {
        var values: [V] = []
        try sandeshContainer("list") { reader throws(CodingError) in
            while try reader.nextChild() != nil { values.append(try V(fromSandesh: &reader)) }
        }
        return values
    }

    /// The set in the element on which the reader stands.
    public mutating func sandeshSet<V: SandeshKey>() throws(CodingError) -> Set<V> {
        var values: Set<V> = []
        try sandeshContainer("set") { reader throws(CodingError) in
            while try reader.nextChild() != nil { values.insert(try V(fromSandesh: &reader)) }
        }
        return values
    }

    /// The map in the element on which the reader stands. Of equal keys the last one counts.
    public mutating func sandeshMap<K: SandeshKey, V: SandeshValue>() throws(CodingError) -> [K: V] {
        var values: [K: V] = [:]
        try sandeshContainer("map") { reader throws(CodingError) in
            while try reader.nextChild() != nil {
                let start = reader.startOfElement
                let key = try K(fromSandesh: &reader)
                guard try reader.nextChild() != nil else {
                    throw reader.error(.missingMember, "a key of a map has no value", hint: "keys and values take turns", at: start)
                }
                values[key] = try V(fromSandesh: &reader)
            }
        }
        return values
    }

    /// A field of a container holds one element, named like the container; none stands for an empty one.
    private mutating func sandeshContainer(_ name: StaticString, _ body: (inout XMLReader) throws(CodingError) -> Void) throws(CodingError)
    {
        var isRead = false
        while try nextChild() != nil {
            guard !isRead, isElement(name) else { throw error(.unknownMember, "expected one element \(name)", at: startOfElement) }
            try body(&self)
            isRead = true
        }
    }

    /// The value of a field that must be there.
    public func sandeshRequired<V>(_ value: V?, _ name: StaticString) throws(CodingError) -> V {
        if let value { return value }
        throw error(.missingMember, "the field \(name) is missing")
    }
}
