// JSON values for documentation. An example is laid out as a person would: short objects and arrays on one line, long ones open.

/// A JSON value with its members in a chosen order.
enum ExampleValue {
    case string(String)
    case integer(Int)
    case boolean(Bool)
    case array([ExampleValue])
    case object([(key: String, value: ExampleValue)])

    /// The widest container that is written on one line.
    private static let lineWidth = 72

    func write(_ key: String? = nil, to printer: inout JSONPrinter) {
        switch self {
        case .array(let elements):
            printer.array(key, inline: width <= Self.lineWidth) { printer in for element in elements { element.write(to: &printer) } }
        case .object(let members):
            printer.object(key, inline: width <= Self.lineWidth) { printer in
                for member in members { member.value.write(member.key, to: &printer) }
            }
        case .string(let text):
            if let key { printer.key(key) }
            printer.value(text)
        case .integer(let number):
            if let key { printer.key(key) }
            printer.value(number)
        case .boolean(let flag):
            if let key { printer.key(key) }
            printer.value(flag)
        }
    }

    /// How much there is to read: strings, numbers and booleans at any depth.
    var leafCount: Int {
        switch self {
        case .string, .integer, .boolean: 1
        case .array(let elements): elements.reduce(0) { $0 + $1.leafCount }
        case .object(let members): members.reduce(0) { $0 + $1.value.leafCount }
        }
    }

    /// Columns on one line, near enough to choose a layout.
    private var width: Int {
        switch self {
        case .string(let text): text.utf8.count + 2
        case .integer(let number): String(number).utf8.count
        case .boolean: 5
        case .array(let elements): elements.reduce(2) { $0 + $1.width + 2 }
        case .object(let members): members.reduce(2) { $0 + $1.key.utf8.count + 4 + $1.value.width + 2 }
        }
    }
}
