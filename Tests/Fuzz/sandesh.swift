// sources: Runtime/Foundations/Coding/*.swift Runtime/Foundations/NetworkTypes/*.swift Runtime/Foundations/Sandesh/*.swift
// sources: Tests/Fuzz/Support/*.swift .build/plugins/outputs/*/SandeshMessages/destination/CompileSchema/*.swift
// flags: -I Tests/Fuzz/Support/Empty
//
// The stream to the collector on any bytes. Frames do not depend on the pieces in which bytes arrive; a frame's header and message are
// read or refused; a message that was read is written as one that reads as the same.

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSandesh(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = input(start, count)
    let whole = split(bytes, piece: max(1, bytes.count))
    let bytewise = split(bytes, piece: 1)
    expect(whole.frames == bytewise.frames, "the same frames from pieces of any size")
    expect(whole.failure == bytewise.failure, "the same failure, too")
    for frame in whole.frames { decode(frame) }
    // Without the frame's own length, which hardly ever fits a changed input.
    decode(bytes)
    return 0
}

private func split(_ bytes: [UInt8], piece: Int) -> (frames: [[UInt8]], failure: SandeshFrameSplitter.Failure?) {
    var splitter = SandeshFrameSplitter(maximumLength: 2_000)
    var frames: [[UInt8]] = []
    var failure: SandeshFrameSplitter.Failure?
    var rest = bytes[...]
    while !rest.isEmpty {
        splitter.append(rest.prefix(piece))
        rest = rest.dropFirst(piece)
        do throws(SandeshFrameSplitter.Failure) {
            while let frame = try splitter.next() {
                expect(frame.count <= 2_000, "no frame is longer than allowed")
                frames.append(frame)
            }
            expect(piece > 1 || splitter.pendingCount <= 2_000, "no more than a frame is kept")
        } catch {
            expect((0...bytes.count).contains(error.offset), "the failure lies in the stream")
            failure = error
            break
        }
    }
    return (frames, failure)
}

private func decode(_ frame: [UInt8]) {
    do throws(CodingError) {
        try SandeshFrame.read(frame) { header, reader throws(CodingError) in
            try reader.skipElement()
            return header
        }
    } catch {
        check(error, frame)
    }
    decode(frame, as: SandeshCtrlClientToServer.self)
    decode(frame, as: SandeshCtrlServerToClient.self)
    decode(frame, as: NodeStatusUVE.self)
    decode(frame, as: ProcessStarted.self)
    decode(frame, as: VncApiConfigLog.self)
    decode(frame, as: VncApiStatsLog.self)
    decode(frame, as: ContrailConfigTrace.self)
    decode(frame, as: VncApiError.self)
}

private func decode<Message: SandeshMessage>(_ frame: [UInt8], as type: Message.Type) {
    do throws(CodingError) {
        let (header, message) = try SandeshFrame.read(frame, as: type)
        let written = SandeshFrame.encode(message, header: header)
        do throws(CodingError) {
            let (header, message) = try SandeshFrame.read(written, as: type)
            expect(SandeshFrame.encode(message, header: header) == written, "\(type) reads back as the same")
        } catch {
            expect(false, "a written \(type) can be read: \(error)")
        }
    } catch {
        check(error, frame)
    }
}
