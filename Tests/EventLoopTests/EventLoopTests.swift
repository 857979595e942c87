import EventLoop
import Glibc
import Testing

@Suite struct EventLoopTests {
    private func makePipe() -> (read: CInt, write: CInt) {
        var ends: [CInt] = [0, 0]
        #expect(pipe(&ends) == 0)
        return (ends[0], ends[1])
    }

    @Test func aDescriptorThatWasClosedUnseenCanBeWatchedAgainUnderItsNumber() {
        let loop = EventLoop()
        let first = makePipe()
        loop.watch(first.read, for: .read) { _ in }
        close(first.read)
        // The kernel gives the lowest free number, so this is the same number and another pipe.
        let second = dup(first.write)
        #expect(second == first.read)
        var isWritable = false
        loop.watch(second, for: .write) { _ in isWritable = true }
        let timer = loop.makeTimer {}
        timer.deadline = MonotonicClock.nanoseconds() + 1_000_000_000
        loop.turn()
        // The reader is gone, so the pipe reports a failure, which is reported as well as readiness.
        #expect(isWritable)
        close(second)
        close(first.write)
    }

    @Test func aHandlerThatWasRemovedInTheSameRoundIsNotCalled() {
        let loop = EventLoop()
        let pipes = [makePipe(), makePipe()]
        var called: [CInt] = []
        for pipe in pipes {
            loop.watch(pipe.read, for: .read) { _ in
                called.append(pipe.read)
                for other in pipes where other.read != pipe.read { loop.unwatch(other.read) }
            }
            #expect(write(pipe.write, "x", 1) == 1)
        }
        loop.turn()
        #expect(called.count == 1)
        for pipe in pipes {
            close(pipe.read)
            close(pipe.write)
        }
    }

    @Test func whatWasPostedFromManyThreadsIsTakenOnceAndInEachOnesOrder() async {
        let mailbox = Mailbox<(sender: Int, number: Int)>()
        let taken = await withTaskGroup(of: Void.self, returning: [(sender: Int, number: Int)].self) { group in
            for sender in 0..<4 {
                group.addTask { for number in 0..<1000 { mailbox.post((sender, number)) } }
            }
            await group.waitForAll()
            return mailbox.take()
        }
        #expect(taken.count == 4000)
        for sender in 0..<4 {
            #expect(taken.filter { $0.sender == sender }.map(\.number) == Array(0..<1000))
        }
        #expect(mailbox.take().isEmpty)
    }

    @Test func aTimerFiresOnceAndNotBeforeItsTime() {
        let loop = EventLoop()
        var fired: [Int64] = []
        let timer = loop.makeTimer { fired.append(MonotonicClock.nanoseconds()) }
        let due = MonotonicClock.nanoseconds() + 3_000_000
        timer.deadline = due
        while fired.isEmpty { loop.turn() }
        #expect(fired[0] >= due)
        #expect(timer.deadline == nil)
    }
}
