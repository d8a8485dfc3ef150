// Messages as they stand in the stream to the collector: a frame with its own length, in it the header and the message.
//
//     <sandesh length="0000000NNN"><SandeshHeader>…</SandeshHeader><Name type="sandesh">…</Name></sandesh>
//
// The length has ten decimal digits and counts the whole frame, both tags included.

import Coding

/// What is sent on its own. Generated.
public protocol SandeshMessage: Sendable {
    static var name: StaticString { get }
    static var messageType: SandeshMessageType { get }
    /// Differs when the definition of the message differs.
    static var versionSignature: Int32 { get }
    /// A field names an object.
    static var hasKey: Bool { get }

    /// Reads the fields of the element on which the reader stands, up to and including its end tag.
    init(fromSandesh reader: inout XMLReader) throws(CodingError)
    /// Writes the fields.
    func encodeSandesh(to writer: inout XMLWriter)
}

/// A message and its header, in a frame.
public enum SandeshFrame {
    /// Writes a frame.
    public static func encode<Message: SandeshMessage>(_ message: Message, header: SandeshHeader) -> [UInt8] {
        // The length is not known before the rest is written: ten digits wait for it.
        var writer = XMLWriter(appendingTo: openingTag)
        header.encode(to: &writer)
        writer.start(Message.name)
        writer.attribute("type", "sandesh")
        message.encodeSandesh(to: &writer)
        writer.end(Message.name)
        var bytes = writer.finish()
        bytes.append(contentsOf: closingTag)
        var rest = bytes.count
        for index in digits.reversed() {
            bytes[index] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
        return bytes
    }

    /// Reads a frame: `body` gets the header, and a reader that stands on the message's element, whose name tells which message it is.
    ///
    /// Fields that a message does not have are skipped, and so are attributes that nobody asks for: the sender may be newer.
    public static func read<R>(
        _ frame: [UInt8], _ body: (SandeshHeader, inout XMLReader) throws(CodingError) -> R
    ) throws(CodingError) -> R {
        try XMLReader.read(frame, unknownElements: .skip) { reader throws(CodingError) -> R in
            guard reader.isElement("sandesh") else {
                throw reader.error(.syntax, "expected the element sandesh, found \(reader.elementName)", at: reader.startOfElement)
            }
            guard try reader.nextChild() != nil, reader.isElement("SandeshHeader") else {
                throw reader.error(.missingMember, "the frame does not begin with a SandeshHeader", at: reader.startOfElement)
            }
            let header = try SandeshHeader(from: &reader)
            guard try reader.nextChild() != nil else {
                throw reader.error(.missingMember, "the frame holds no message", hint: "an element follows the header")
            }
            let result = try body(header, &reader)
            if try reader.nextChild() != nil {
                throw reader.error(.unknownMember, "the frame holds a second message", at: reader.startOfElement)
            }
            return result
        }
    }

    /// Reads a frame that holds a message of a known type.
    public static func read<Message: SandeshMessage>(
        _ frame: [UInt8], as type: Message.Type = Message.self
    ) throws(CodingError) -> (header: SandeshHeader, message: Message) {
        try read(frame) { header, reader throws(CodingError) in
            guard reader.isElement(Message.name) else {
                throw reader.error(.type, "expected the message \(Message.name), found \(reader.elementName)", at: reader.startOfElement)
            }
            return (header, try Message(fromSandesh: &reader))
        }
    }

    // MARK: The tags

    static let openingTag = Array("<sandesh length=\"0000000000\">".utf8)
    static let closingTag = Array("</sandesh>".utf8)
    /// Where the digits are in the opening tag.
    static let digits = 17..<27
}
