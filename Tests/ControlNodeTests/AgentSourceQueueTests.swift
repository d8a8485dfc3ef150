// No source is forgotten, whatever the order in which it speaks.

import ControlNodeCore
import Testing

@Suite struct AgentSourceQueueTests {
    @Test func sourcesTakeTurns() {
        var queue = AgentSourceQueue()
        #expect(queue.next() == nil)
        for source in [0, 1, 0] { queue.hasOutput(source) }
        #expect(queue.next() == 0)
        #expect(queue.next() == nil)
        queue.answered(0, hasMore: true)
        #expect(queue.next() == 1)
        queue.answered(1, hasMore: false)
        #expect(queue.next() == 0)
        queue.answered(0, hasMore: false)
        #expect(queue.next() == nil)
    }

    /// Its loop had something new before its answer, that it has no more, was on its way.
    @Test func aSourceThatSpeaksWhileItIsAskedIsAskedAgain() {
        var queue = AgentSourceQueue()
        queue.hasOutput(3)
        #expect(queue.next() == 3)
        queue.hasOutput(3)
        #expect(queue.next() == nil)
        queue.answered(3, hasMore: false)
        #expect(queue.next() == 3)
        queue.answered(3, hasMore: false)
        #expect(queue.next() == nil)
    }
}
