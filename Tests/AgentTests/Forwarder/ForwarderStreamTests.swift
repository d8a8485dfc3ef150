// The stream to the forwarder: frames by bytes, answers by events, however the bytes are cut.

import AgentCore
import Attributes
import ForwarderMessages
import Testing

@Suite struct ForwarderStreamTests {
    @Test func aFrameByItsBytes() {
        let frame = ForwarderFrame(command: 4, sequence: 7, attributes: [5, 0, 1, 0, 5])
        #expect(
            frame.bytes
                == hex(
                    """
                    19000000  25 bytes, host byte order (little endian here)
                    1000 0100  type 16, request
                    07000000 00000000  sequence number, port
                    04 01 0000  command 4 of version 1
                    05000100 05  an attribute
                    000000  padding
                    """), "written on a little-endian host")
    }

    @Test func anyCutGivesTheSameMessages() throws {
        let seed = UInt64.anySeed
        var random = SeededGenerator(seed: seed)
        let frames = (0..<50).map { number in
            ForwarderFrame(
                command: UInt8(number), sequence: UInt32(number), attributes: [UInt8](repeating: UInt8(number), count: number * 7 % 90))
        }
        let bytes = frames.flatMap(\.bytes)
        for _ in 0..<50 {
            var splitter = ForwarderFrameSplitter()
            var found: [ForwarderFrame] = []
            var rest = bytes[...]
            while !rest.isEmpty {
                let part = rest.prefix(Int.random(in: 1...100, using: &random))
                rest = rest.dropFirst(part.count)
                splitter.append(part)
                while let frame = try splitter.next() { found.append(frame) }
            }
            #expect(found == frames, "seed \(seed)")
        }
    }

    @Test func lengthsThatCannotBe() {
        for length: UInt8 in [0, 4, 19] {
            var splitter = ForwarderFrameSplitter()
            splitter.append([length, 0, 0, 0, 0, 0, 0, 0])
            #expect(throws: ForwarderStreamError.self) { try splitter.next() }
        }
        var splitter = ForwarderFrameSplitter()
        splitter.append([255, 255, 255, 127])
        #expect(throws: ForwarderStreamError.self) { try splitter.next() }
    }

    @Test func answersAreGatheredUnderTheirRequests() throws {
        var dialogue = ForwarderDialogue()
        let (first, _) = dialogue.request(4, [])
        let (second, _) = dialogue.request(6, [])
        let end = try ResponseMessage(error: 0, count: 2).attributes()
        let refusal = try ResponseMessage(error: 2, explanation: "label 99 does not exist").attributes()
        var answer = ForwarderAnswer()
        answer.entries = [[1], [2]]
        answer.count = 2
        var refused = ForwarderAnswer()
        refused.error = 2
        refused.explanation = "label 99 does not exist"
        let event = ForwarderFrame(command: 3, sequence: 0, attributes: [9])
        let stream = [
            ForwarderFrame(command: 4, sequence: first, attributes: [1]), event,
            ForwarderFrame(command: 4, sequence: first, attributes: [2]),
            ForwarderFrame(command: 2, sequence: first, attributes: end), ForwarderFrame(command: 2, sequence: second, attributes: refusal),
        ].flatMap(\.bytes)
        #expect(try dialogue.received(stream) == [.event(event), .answered(first, answer), .answered(second, refused)])
        #expect(dialogue.waitingCount == 0)
        #expect(throws: ForwarderStreamError.self) {
            try dialogue.received(ForwarderFrame(command: 2, sequence: 99, attributes: end).bytes)
        }
    }
}
