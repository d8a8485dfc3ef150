// The references of an object as the row's JSON has them: `[[type, uuid, number, is relaxed, data], …]`. Written in one spelling, which is
// read without the JSON reader: a million objects have some millions of references, and the start waits for them. Whatever is spelled
// otherwise goes through the JSON reader, which says what is wrong with it.

import Coding
import NetworkTypes

/// What a reference in a row leads to.
enum ReferenceTarget {
    case object(Identity)
    /// Something that the schema has no type for: the reference is left out.
    case unseen
    case missing
}

extension ObjectRow {
    static func text(of references: [ObjectReference], _ types: TypeTable) -> [UInt8] {
        var writer = JSONWriter(reservingCapacity: 2 + references.count * 96)
        writer.beginArray()
        for reference in references {
            writer.beginArray()
            writer.value(types[reference.target.type].name)
            writer.value(reference.target.uuid.description)
            writer.value(reference.number)
            writer.value(reference.isRelaxed)
            if let data = reference.data { writer.raw(data) } else { writer.null() }
            writer.endArray()
        }
        writer.endArray()
        return writer.finish()
    }

    /// - Parameter resolve: finds the object with a UUID; may be asked more than once.
    func references(_ resolve: (UUIDValue) -> ReferenceTarget) throws(StoreError) -> [ObjectReference] {
        if references.count == 2, references.elementsEqual("[]".utf8) { return [] }
        let scanned = references.withUnsafeBufferPointer { text in
            var scan = ReferenceScan(text)
            return scan.references(resolve)
        }
        return if let scanned { scanned } else { try checkedReferences { _, uuid in resolve(uuid) } }
    }

    /// As `references`, and looks into the data of each.
    func checkedReferences(_ resolve: (_ type: String, _ target: UUIDValue) -> ReferenceTarget) throws(StoreError) -> [ObjectReference] {
        do {
            return try JSONReader.read(references) { reader throws(CodingError) in
                var references: [ObjectReference] = []
                try reader.beginArray()
                while try reader.nextElement() {
                    let stored = try StoredReference(from: &reader)
                    switch resolve(stored.type, stored.target) {
                    case .object(let target):
                        references.append(
                            ObjectReference(target: target, data: stored.data, number: stored.number, isRelaxed: stored.isRelaxed))
                    case .unseen: continue
                    case .missing:
                        throw CodingError(.missingMember, "the \(stored.type) \(stored.target) it refers to is missing")
                    }
                }
                return references
            }
        } catch {
            throw damaged(error.message)
        }
    }

    /// Calls `body` with each reference, whatever it leads to, and looks into the data of each.
    func forEachReference(_ body: (_ type: String, _ target: UUIDValue, _ number: UInt64) -> Void) throws(StoreError) {
        do {
            try JSONReader.read(references) { reader throws(CodingError) in
                try reader.beginArray()
                while try reader.nextElement() {
                    let stored = try StoredReference(from: &reader)
                    body(stored.type, stored.target, stored.number)
                }
            }
        } catch {
            throw damaged(error.message)
        }
    }
}

/// Reads the one spelling that `text(of:_:)` writes.
private struct ReferenceScan {
    private let text: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

    /// nil where the text is anything else, or leads to something that is missing.
    mutating func references(_ resolve: (UUIDValue) -> ReferenceTarget) -> [ObjectReference]? {
        var references: [ObjectReference] = []
        guard take("[") else { return nil }
        repeat {
            guard take("[\""), skipName(), take("\",\""), let uuid = uuid(), take("\","), let number = number(), take(",") else {
                return nil
            }
            let isRelaxed = take("true")
            guard isRelaxed || take("false"), take(","), let data = data(), take("]") else { return nil }
            switch resolve(uuid) {
            case .object(let target):
                references.append(ObjectReference(target: target, data: data.isEmpty ? nil : data, number: number, isRelaxed: isRelaxed))
            case .unseen: break
            case .missing: return nil
            }
        } while take(",")
        return take("]") && position == text.count ? references : nil
    }

    private mutating func take(_ expected: StaticString) -> Bool {
        let count = expected.utf8CodeUnitCount
        guard text.count - position >= count else { return false }
        for index in 0..<count where text[position &+ index] != expected.utf8Start[index] { return false }
        position &+= count
        return true
    }

    /// The name of a type: letters, digits and dashes.
    private mutating func skipName() -> Bool {
        let start = position
        while position < text.count {
            switch text[position] {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): position &+= 1
            default: return position > start
            }
        }
        return false
    }

    private mutating func uuid() -> UUIDValue? {
        guard text.count - position >= UUIDValue.textLength else { return nil }
        defer { position &+= UUIDValue.textLength }
        return UUIDValue(anySpelling: UnsafeBufferPointer(rebasing: text[position..<position + UUIDValue.textLength]))
    }

    private mutating func number() -> UInt64? {
        var value: UInt64 = 0
        let start = position
        // Nineteen digits fit, whatever they are.
        while position < text.count, position - start < 19, case let digit = text[position] &- UInt8(ascii: "0"), digit < 10 {
            value = value &* 10 &+ UInt64(digit)
            position &+= 1
        }
        return position > start ? value : nil
    }

    /// Empty for none.
    private mutating func data() -> [UInt8]? {
        if take("null") { return [] }
        guard position < text.count, text[position] == UInt8(ascii: "{") else { return nil }
        let end = JSONScan.endOfValue(text, from: position)
        guard end < text.count, text[end] == UInt8(ascii: "]") else { return nil }
        defer { position = end }
        return Array(text[position..<end])
    }
}

/// A reference as the JSON reader reads it.
private struct StoredReference {
    let type: String
    let target: UUIDValue
    let number: UInt64
    let isRelaxed: Bool
    let data: [UInt8]?

    init(from reader: inout JSONReader) throws(CodingError) {
        func element() throws(CodingError) {
            guard try reader.nextElement() else { throw CodingError(.missingMember, "a reference lacks one of its five parts") }
        }
        try reader.beginArray()
        try element()
        type = try reader.string()
        try element()
        let text = try reader.string()
        guard let uuid = UUIDValue(anySpelling: text) else { throw CodingError(.type, "\(text) is not a UUID") }
        target = uuid
        try element()
        number = try reader.unsignedInteger()
        try element()
        isRelaxed = try reader.boolean()
        try element()
        if try reader.readNull() {
            data = nil
        } else {
            data = reader.bytes(in: try reader.rawValue())
        }
        guard try !reader.nextElement() else { throw CodingError(.type, "a reference has more than five parts") }
    }
}
