// sources: Runtime/Foundations/NetworkTypes/*.swift
//
// The texts and bytes of network values: whatever is accepted has one canonical text, which reads back as an equal value.

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzNetworkTypes(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let text = String(decoding: bytes, as: UTF8.self)
    checkFixed(text, bytes, IPv4Address.self)
    checkFixed(text, bytes, IPv6Address.self)
    checkFixed(text, bytes, MACAddress.self)
    checkFixed(text, bytes, RouteDistinguisher.self)
    checkFixed(text, bytes, RouteTarget.self)
    checkFixed(text, bytes, ExtendedCommunity.self)
    checkFixed(text, bytes, VXLANNetworkIdentifier.self)
    checkFixed(text, bytes, ASNumber.self)
    checkFixed(text, bytes, EthernetSegmentIdentifier.self)
    checkFixed(text, bytes, UUIDValue.self)
    check(text, IPAddress.self)
    check(text, IPPrefix.self)
    check(text, IPv4Prefix.self)
    check(text, IPv6Prefix.self)
    check(text, MPLSLabel.self)
    if let address = IPAddress(bytes: bytes) { checkValue(address) }
    if let prefix = IPv4Prefix(bytes: bytes) { checkValue(prefix) }
    if let prefix = IPv6Prefix(bytes: bytes) { checkValue(prefix) }
    if let label = MPLSLabel(bytes: bytes) { checkValue(label) }
    return 0
}

private func expect(_ condition: Bool, _ promise: @autoclosure () -> String) {
    if !condition { fatalError("broken promise: " + promise()) }
}

private func checkFixed<Value: FixedWidthNetworkValue>(_ text: String, _ bytes: [UInt8], _: Value.Type) {
    check(text, Value.self)
    guard let value = Value(bytes: bytes) else { return }
    checkValue(value)
    expect(Value(bytes: value.bytes) == value, "the bytes of \(value) read back")
}

private func check<Value: NetworkValue>(_ text: String, _: Value.Type) {
    do throws(NotationError) {
        checkValue(try Value(parsing: text))
    } catch {
        expect(error.description.unicodeScalars.allSatisfy { $0.value >= 0x20 }, "an error text is one line without control characters")
        expect(error.description.utf8.count < 2_000, "an error text is short")
    }
}

private func checkValue<Value: NetworkValue>(_ value: Value) {
    do throws(NotationError) {
        let again = try Value(parsing: value.description)
        expect(again == value && again.description == value.description, "\(value) reads back as the same")
    } catch {
        expect(false, "\(value) can be read: \(error)")
    }
}
