// The set of values that a plain type allows, described so that two of them can be compared: does the newer one hold all of the older?

/// What a scalar or simple type allows.
struct ValueSpace {
    /// How the value looks in JSON. Another look is another value, whatever it says.
    enum Look: String {
        case text
        case number = "a number"
        case boolean = "true or false"
        case textOrNumber = "text or a number"
    }

    let look: Look
    /// Only text of this scalar's form; nil for any text.
    let form: Scalar?
    let enumeration: [String]
    let least: Int
    let most: UInt64
    let lengths: ClosedRange<Int>
    let patterns: [String]

    init(_ type: TypeReference, in model: Model) {
        switch type {
        case .simple(let name):
            let simple = model.simpleType(name)
            self = simple.map { ValueSpace($0) } ?? ValueSpace(scalar: .string)
        case .scalar(let scalar): self.init(scalar: scalar)
        case .structure: self.init(scalar: .string)
        }
    }

    init(_ type: SimpleType) {
        let isUnion = !type.unionScalars.isEmpty
        self.init(
            scalar: type.base, look: isUnion && type.unionScalars.contains(where: \.isNumeric) ? .textOrNumber : nil,
            enumeration: type.enumeration.map(\.value), minimum: type.minimum, maximum: type.maximum,
            lengths: (type.minimumLength ?? 0)...max(type.maximumLength ?? .max, type.minimumLength ?? 0),
            // A union with plain text allows any text, whatever its patterns are.
            patterns: isUnion && type.unionScalars.contains(where: \.isText) ? [] : type.patterns)
    }

    private init(
        scalar: Scalar, look: Look? = nil, enumeration: [String] = [], minimum: Int? = nil, maximum: Int? = nil,
        lengths: ClosedRange<Int> = 0...Int.max, patterns: [String] = []
    ) {
        self.look = look ?? (scalar == .boolean ? .boolean : scalar.isNumeric ? .number : .text)
        form = scalar == .dateTime || scalar == .time ? scalar : nil
        self.enumeration = enumeration
        let range = scalar.range ?? 0...Int.max
        least = max(minimum ?? .min, range.lowerBound)
        most = maximum.map { UInt64(clamping: $0) } ?? (scalar == .unsignedLong ? .max : UInt64(range.upperBound))
        self.lengths = lengths
        self.patterns = patterns
    }
}

extension Comparer {
    /// Notes how the values allowed at `path` have changed.
    mutating func compare(_ old: ValueSpace, _ new: ValueSpace, _ path: String, _ location: SourceLocation) {
        guard old.look == new.look || new.look == .textOrNumber && old.look == .number else {
            note(.breaksStoredData, path, "\(new.look.rawValue) instead of \(old.look.rawValue)", location)
            return
        }
        if new.form != old.form {
            note(
                new.form == nil ? .compatible : .breaksStoredData, path,
                new.form.map { "text must be a \($0.rawValue)" } ?? "any text instead of a \(old.form?.rawValue ?? "")", location)
        }
        compareEnumerations(old.enumeration, new.enumeration, path, location)
        if old.look == .number, new.look == .number {
            if new.least > old.least || new.most < old.most {
                note(.breaksStoredData, path, "numbers from \(new.least) to \(new.most) instead of \(old.least) to \(old.most)", location)
            } else if new.least < old.least || new.most > old.most {
                note(.compatible, path, "numbers from \(new.least) to \(new.most) instead of \(old.least) to \(old.most)", location)
            }
        }
        if old.lengths != new.lengths {
            let isWider = new.lengths.lowerBound <= old.lengths.lowerBound && new.lengths.upperBound >= old.lengths.upperBound
            let most = new.lengths.upperBound == .max ? "any number" : String(new.lengths.upperBound)
            note(
                isWider ? .compatible : .breaksStoredData, path, "text of \(new.lengths.lowerBound) to \(most) characters", location)
        }
        comparePatterns(old.patterns, new.patterns, path, location)
    }

    private mutating func compareEnumerations(_ old: [String], _ new: [String], _ path: String, _ location: SourceLocation) {
        if old.isEmpty, new.isEmpty { return }
        if new.isEmpty {
            note(.compatible, path, "any value instead of \(old.joined(separator: ", "))", location)
        } else if old.isEmpty {
            note(.breaksStoredData, path, "only \(new.joined(separator: ", ")): stored values may be others", location)
        } else {
            let known = Set(old)
            let kept = Set(new)
            for value in old where !kept.contains(value) {
                note(.breaksStoredData, path, "value \"\(value)\" removed: stored objects may hold it", location)
            }
            for value in new where !known.contains(value) { note(.compatible, path, "value \"\(value)\" added", location) }
        }
    }

    /// Whether one expression matches all that another does is hard to say in general; alternatives added or removed as a whole are seen.
    private mutating func comparePatterns(_ old: [String], _ new: [String], _ path: String, _ location: SourceLocation) {
        if Set(old) == Set(new) { return }
        if new.isEmpty || !old.isEmpty && Set(new).isSuperset(of: old) {
            note(.compatible, path, new.isEmpty ? "no pattern any more" : "one more pattern is allowed", location)
        } else {
            note(.breaksStoredData, path, "must match \(new.joined(separator: " or ")): stored values may not", location)
        }
    }
}
