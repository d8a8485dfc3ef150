// The stream as it arrives: frames in pieces of any size, and streams that are none.

import Coding
import Sandesh
import SandeshMessages
import Testing

@Suite struct SplitterTests {
    private let frames = (0..<3).map { number in
        SandeshFrame.encode(
            VncApiInfo(apiMsg: String(repeating: "é<", count: number * 7)),
            header: SandeshHeader(for: VncApiInfo.self, from: sender, timestamp: Int64(number), sequenceNumber: Int32(number)))
    }

    @Test func framesComeOutWhereverTheStreamIsCut() throws {
        let stream = frames.flatMap { $0 }
        for size in [1, 2, 3, 28, 29, 30, 100, stream.count] {
            var splitter = SandeshFrameSplitter()
            var found: [[UInt8]] = []
            for start in stride(from: 0, to: stream.count, by: size) {
                splitter.append(stream[start..<min(stream.count, start + size)])
                while let frame = try splitter.next() { found.append(frame) }
            }
            #expect(found == frames, "pieces of \(size)")
            #expect(splitter.pendingCount == 0)
        }
    }

    @Test func anUnfinishedFrameWaits() throws {
        var splitter = SandeshFrameSplitter()
        #expect(try splitter.next() == nil)
        splitter.append(frames[0].dropLast())
        #expect(try splitter.next() == nil)
        #expect(splitter.pendingCount == frames[0].count - 1)
        splitter.append(frames[0].suffix(1))
        #expect(try splitter.next() == frames[0])
        #expect(try splitter.next() == nil)
    }

    @Test(arguments: [
        ("<sandesk", 7), ("x", 0), ("<sandesh length=\"00000x", 22), ("<sandesh length=\"0000000100\"/", 28),
        ("<sandesh length=\"0000000038\">", 17), ("<sandesh length=\"9999999999\">", 17), ("\u{0}\u{0}", 0), ("<sandesh length=\"-", 17),
    ])
    func aWrongStreamIsRefusedAtItsFirstWrongByte(_ text: String, _ offset: Int) {
        var splitter = SandeshFrameSplitter()
        splitter.append(Array(text.utf8))
        let error = #expect(throws: SandeshFrameSplitter.Failure.self) { _ = try splitter.next() }
        #expect(error?.offset == offset, "\(error.map { "\($0)" } ?? "")")
        // It does not get better.
        splitter.append(frames[0])
        #expect(throws: SandeshFrameSplitter.Failure.self) { _ = try splitter.next() }
    }

    @Test func offsetsCountFromTheBeginningOfTheStream() throws {
        var splitter = SandeshFrameSplitter()
        splitter.append(frames[0])
        _ = try splitter.next()
        splitter.append(frames[1] + Array("<sandesh bad".utf8))
        _ = try splitter.next()
        let error = #expect(throws: SandeshFrameSplitter.Failure.self) { _ = try splitter.next() }
        #expect(error?.offset == frames[0].count + frames[1].count + 9)
    }

    @Test func aFrameThatDoesNotEndWhereItSaysIsRefused() {
        var splitter = SandeshFrameSplitter()
        var frame = frames[0]
        frame[frame.count - 1] = UInt8(ascii: "x")
        splitter.append(frame)
        let error = #expect(throws: SandeshFrameSplitter.Failure.self) { _ = try splitter.next() }
        #expect(error?.problem == "the frame of \(frame.count) bytes does not end with </sandesh>")
    }

    @Test func aFrameLongerThanAllowedIsRefusedBeforeItArrives() {
        var splitter = SandeshFrameSplitter(maximumLength: 100)
        splitter.append(Array("<sandesh length=\"0000000101\">".utf8))
        let error = #expect(throws: SandeshFrameSplitter.Failure.self) { _ = try splitter.next() }
        #expect(error?.problem.contains("more than the 100 allowed") == true)
    }

    @Test(arguments: [
        "<sandesh/>", "<sandesh><SandeshHeader/></sandesh>", "<other/>", "<sandesh><X/></sandesh>",
        "<sandesh><SandeshHeader/><VncApiInfo><api_msg/></VncApiInfo><More/></sandesh>",
        "<sandesh><SandeshHeader><Timestamp>x</Timestamp></SandeshHeader><VncApiInfo/></sandesh>",
        "<sandesh><SandeshHeader/><VncApiError><api_msg/></VncApiError></sandesh>", "", "<sandesh>",
    ])
    func aFrameThatHoldsSomethingElseIsRefused(_ text: String) {
        #expect(throws: CodingError.self) { _ = try SandeshFrame.read(Array(text.utf8), as: VncApiInfo.self) }
    }

    @Test func anyBytesEndInAValueOrAnError() throws {
        var state: UInt64 = 42
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        var accepted = 0
        for _ in 0..<5_000 {
            var bytes = frames[1 + random(2)]
            for _ in 0...random(2) {
                switch random(3) {
                case 0: bytes[random(bytes.count)] = UInt8(random(256))
                case 1: bytes.remove(at: random(bytes.count))
                default: bytes.insert(UInt8(random(128)), at: random(bytes.count))
                }
            }
            do throws(CodingError) {
                let (header, message) = try SandeshFrame.read(bytes, as: VncApiInfo.self)
                // What was read is written, and read again, the same.
                let once = SandeshFrame.encode(message, header: header)
                let again = try SandeshFrame.read(once, as: VncApiInfo.self)
                #expect(SandeshFrame.encode(again.message, header: again.header) == once)
                accepted += 1
            } catch {
                #expect(!error.message.isEmpty)
            }
        }
        #expect(accepted > 500)
    }
}
