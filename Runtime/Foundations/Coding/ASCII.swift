// Names for the bytes that the grammars of JSON and XML are written in. Computed, so that unoptimised builds need no global either.

enum ASCII {
    @inline(__always) static var tab: UInt8 { 0x09 }
    @inline(__always) static var lineFeed: UInt8 { 0x0A }
    @inline(__always) static var carriageReturn: UInt8 { 0x0D }
    @inline(__always) static var space: UInt8 { 0x20 }
    @inline(__always) static var exclamationMark: UInt8 { 0x21 }
    @inline(__always) static var quote: UInt8 { 0x22 }
    @inline(__always) static var numberSign: UInt8 { 0x23 }
    @inline(__always) static var ampersand: UInt8 { 0x26 }
    @inline(__always) static var apostrophe: UInt8 { 0x27 }
    @inline(__always) static var plus: UInt8 { 0x2B }
    @inline(__always) static var comma: UInt8 { 0x2C }
    @inline(__always) static var minus: UInt8 { 0x2D }
    @inline(__always) static var period: UInt8 { 0x2E }
    @inline(__always) static var slash: UInt8 { 0x2F }
    @inline(__always) static var zero: UInt8 { 0x30 }
    @inline(__always) static var nine: UInt8 { 0x39 }
    @inline(__always) static var colon: UInt8 { 0x3A }
    @inline(__always) static var semicolon: UInt8 { 0x3B }
    @inline(__always) static var lessThan: UInt8 { 0x3C }
    @inline(__always) static var equals: UInt8 { 0x3D }
    @inline(__always) static var greaterThan: UInt8 { 0x3E }
    @inline(__always) static var questionMark: UInt8 { 0x3F }
    @inline(__always) static var openBracket: UInt8 { 0x5B }
    @inline(__always) static var backslash: UInt8 { 0x5C }
    @inline(__always) static var closeBracket: UInt8 { 0x5D }
    @inline(__always) static var openBrace: UInt8 { 0x7B }
    @inline(__always) static var closeBrace: UInt8 { 0x7D }
    @inline(__always) static var lowerE: UInt8 { 0x65 }
    @inline(__always) static var upperE: UInt8 { 0x45 }

    @inline(__always) static func isDigit(_ byte: UInt8) -> Bool { byte &- zero < 10 }

    /// The four blanks of JSON and XML alike.
    @inline(__always) static func isBlank(_ byte: UInt8) -> Bool {
        byte == space || byte == lineFeed || byte == carriageReturn || byte == tab
    }

    /// The value of a hexadecimal digit of either case.
    @inline(__always) static func hexadecimal(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 0x30...0x39: UInt32(byte &- 0x30)
        case 0x41...0x46: UInt32(byte &- 0x41) + 10
        case 0x61...0x66: UInt32(byte &- 0x61) + 10
        default: nil
        }
    }
}
