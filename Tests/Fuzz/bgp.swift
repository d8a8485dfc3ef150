// module: NetworkTypes Runtime/Foundations/NetworkTypes/*.swift
// module: ControlNodeCore Runtime/Services/ControlNode/Core/*.swift Runtime/Services/ControlNode/Core/Attributes/*.swift Runtime/Services/ControlNode/Core/BGP/*.swift Runtime/Services/ControlNode/Core/Export/*.swift Runtime/Services/ControlNode/Core/Routes/*.swift Runtime/Services/ControlNode/Core/Tables/*.swift
//
// A BGP speaker's stream, under the terms that the first byte chooses: whatever is read as a message can be written, and what is written
// reads back as the same.

import ControlNodeCore

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzBGP(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let choice = bytes.first else { return 0 }
    let terms = BGPSessionTerms(
        families: choice & 4 == 0 ? Set(AddressFamily.supported) : [.inetVPN], hasFourByteAS: choice & 1 == 0, isInternal: choice & 2 == 0)
    do throws(BGPProtocolError) {
        var splitter = BGPFrameSplitter()
        splitter.append(bytes.dropFirst())
        while let frame = try splitter.next() { check(try BGPMessage(frame, terms), terms) }
    } catch {
        expect((1...7).contains(error.notification.code), "a notification that exists: \(error)")
    }
    return 0
}

private func check(_ message: BGPMessage, _ terms: BGPSessionTerms) {
    let written = message.bytes(terms)
    var again: [BGPMessage] = []
    do throws(BGPProtocolError) {
        var splitter = BGPFrameSplitter()
        for part in written { splitter.append(part) }
        while let frame = try splitter.next() { again.append(try BGPMessage(frame, terms)) }
    } catch {
        expect(false, "what is written can be read: \(error)")
    }
    expect(again.count == written.count, "each message written is one message")
    for case .update(let update) in again { expect(update.problems.isEmpty, "what is written has no mistakes: \(update.problems)") }
    // What has been through once does not change any more.
    expect(again.flatMap { $0.bytes(terms) } == written, "the second writing is the first")
}

private func expect(_ condition: Bool, _ promise: @autoclosure () -> String) {
    if !condition { fatalError("broken promise: " + promise()) }
}
