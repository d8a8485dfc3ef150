// module: Coding Runtime/Foundations/Coding/*.swift
// module: Graph Runtime/Foundations/Graph/*.swift
// sources: Runtime/Foundations/XMPP/*.swift
//
// A stream of the agent channel as any bytes, cut where the first byte of the input says. The parts do not depend on where the stream was
// cut; a stanza is read or refused; what was read is written and read as the same.

import Coding
import Graph

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzXMPP(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let size = bytes.first else { return 0 }
    let stream = Array(bytes.dropFirst())
    let whole = parts(of: stream, pieces: stream.count + 1)
    expect(parts(of: stream, pieces: Int(size) + 1) == whole, "a stream has the same parts wherever it is cut")
    for part in whole.parts {
        switch part {
        case .streamOpening(let tag):
            guard let header = try? StreamHeader(parsing: tag) else { continue }
            let again = parts(of: header.bytes, pieces: 5).parts
            guard case .streamOpening(let tag)? = again.first, again.count == 1 else { fatalError("broken promise: one opening tag") }
            expect((try? StreamHeader(parsing: tag)) == header, "a header reads back as the same")
        case .stanza(let stanza): check(stanza)
        case .streamClosing: break
        }
    }
    return 0
}

private struct Parts: Equatable {
    var parts: [StanzaSplitter.Part] = []
    var failure: StanzaSplitter.Failure?
}

private func parts(of stream: [UInt8], pieces size: Int) -> Parts {
    var splitter = StanzaSplitter(maximumLength: 2048)
    var result = Parts()
    for start in stride(from: 0, to: stream.count, by: size) {
        splitter.append(stream[start..<min(stream.count, start + size)])
        do throws(StanzaSplitter.Failure) {
            while let part = try splitter.next() { result.parts.append(part) }
        } catch {
            result.failure = error
            return result
        }
    }
    return result
}

private func check(_ bytes: [UInt8]) {
    do throws(CodingError) {
        let stanza = try Stanza(parsing: bytes)
        if case .unknown = stanza.payload { return }
        let written = stanza.bytes
        do throws(CodingError) {
            let again = try Stanza(parsing: written)
            expect(again.bytes == written, "what was written reads back as the same")
            expect(again == stanza, "a stanza reads back as the same")
        } catch {
            expect(false, "a written stanza can be read: \(error)")
        }
        if case .publish(let publication) = stanza.payload, let node = RouteNode(publication.node) {
            expect(node.description == publication.node, "a route's name is written as it was read")
        }
        guard case .configuration(let statements) = stanza.payload else { return }
        var assembler = ConfigurationAssembler()
        var graph = GraphStore()
        for change in statements.flatMap({ assembler.changes(for: $0) }) { graph.apply(change) }
    } catch {
        expect((0...bytes.count).contains(error.offset), "the offset \(error.offset) is in the stanza")
    }
}

private func expect(_ condition: Bool, _ promise: @autoclosure () -> String) {
    if !condition { fatalError("broken promise: " + promise()) }
}
