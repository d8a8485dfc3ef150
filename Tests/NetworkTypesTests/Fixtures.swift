// Shapes of check that the tests of all types have.

import NetworkTypes
import Testing

/// SplitMix64: small, and the same sequence for the same seed everywhere.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) } }
}

/// The error for a text that must be refused; checks what all errors have in common.
@discardableResult
func refusal<Value: NetworkValue>(of text: String, as _: Value.Type, _ place: SourceLocation = #_sourceLocation) -> NotationError? {
    do throws(NotationError) {
        let value = try Value(parsing: text)
        Issue.record("\(text.debugDescription) was read as \(value)", sourceLocation: place)
        return nil
    } catch {
        #expect(!error.problem.isEmpty && !error.hint.isEmpty, sourceLocation: place)
        #expect(error.expected == Value.notation.name, sourceLocation: place)
        #expect(error.description.unicodeScalars.allSatisfy { $0.value >= 0x20 }, sourceLocation: place)
        #expect(error.description.utf8.count < 1000, sourceLocation: place)
        return error
    }
}

/// The value's text reads back, and nothing else has the same text.
func expectTextSurvives<Value: NetworkValue>(_ value: Value, _ place: SourceLocation = #_sourceLocation) throws {
    let copy = try Value(parsing: value.description)
    #expect(copy == value, sourceLocation: place)
    #expect(copy.hashValue == value.hashValue, sourceLocation: place)
    #expect(copy.description == value.description, sourceLocation: place)
}

/// The value's bytes read back, and no other number of bytes does.
func expectBytesSurvive<Value: FixedWidthNetworkValue>(_ value: Value, _ place: SourceLocation = #_sourceLocation) {
    #expect(value.bytes.count == Value.byteCount, sourceLocation: place)
    #expect(Value(bytes: value.bytes) == value, sourceLocation: place)
    #expect(Value(bytes: value.bytes[...]) == value, sourceLocation: place)
    #expect(Value(bytes: value.bytes + [0]) == nil, sourceLocation: place)
    #expect(Value(bytes: value.bytes.dropLast()) == nil, sourceLocation: place)
}

/// Texts made from valid ones by small changes end in a value that survives, or in an error.
func expectMutationsEndInAnAnswer<Value: NetworkValue>(of texts: [String], as _: Value.Type, seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let alphabet = Array("0123456789abcdefABCDEFxL.:-/[]% \n\0é".unicodeScalars)
    var accepted = 0
    for _ in 0..<4_000 {
        var scalars = Array((texts.randomElement(using: &generator) ?? "").unicodeScalars)
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            let scalar = alphabet.randomElement(using: &generator) ?? "0"
            let index = Int.random(in: 0..<max(scalars.count, 1), using: &generator)
            switch Int.random(in: 0..<3, using: &generator) {
            case 0 where index < scalars.count: scalars[index] = scalar
            case 1 where index < scalars.count: scalars.remove(at: index)
            default: scalars.insert(scalar, at: min(index, scalars.count))
            }
        }
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars)
        let value: Value
        do throws(NotationError) {
            value = try Value(parsing: text)
        } catch {
            #expect(!error.problem.isEmpty)
            continue
        }
        try expectTextSurvives(value)
        accepted += 1
    }
    #expect(accepted > 20)
}
