// Members of an object in one call: nothing when the value is absent. The overloads for scalars save generated code the generic call.

extension JSONWriter {
    public mutating func member(_ name: StaticString, _ value: String?) {
        guard let value else { return }
        appendMember(name, value)
    }

    public mutating func member(_ name: StaticString, _ value: Int?) {
        guard let value else { return }
        appendMember(name, value)
    }

    public mutating func member(_ name: StaticString, _ value: Bool?) {
        guard let value else { return }
        key(name)
        self.value(value)
    }

    /// A member, unless `value` is nil.
    @inlinable
    public mutating func member<V: JSONCodable>(_ name: StaticString, _ value: V?) {
        guard let value else { return }
        key(name)
        value.encode(to: &self)
    }

    /// A member that is an array, unless `values` is nil. An empty array is written.
    @inlinable
    public mutating func member<V: JSONCodable>(_ name: StaticString, _ values: [V]?) {
        guard let values else { return }
        key(name)
        array(values)
    }

    /// An array of values.
    @inlinable
    public mutating func array<V: JSONCodable>(_ values: [V]) {
        beginArray()
        for value in values { value.encode(to: &self) }
        endArray()
    }

    /// A value of a type that can write itself.
    @inlinable
    public mutating func value<V: JSONCodable>(_ value: V) { value.encode(to: &self) }
}
