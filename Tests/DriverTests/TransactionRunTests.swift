import Driver
import Engine
import Testing

struct TransactionRunTests {
    private typealias Failure = TransactionRun.Failure
    private typealias Step = TransactionRun.Step

    private static let retriable = Failure(isRetriable: true)
    private static let abortable = Failure(requiresAbort: true)
    private static let fatal = Failure(isFatal: true)
    static let beforeTheCommit: [TransactionRun.Step] = [.begin, .produce, .flush, .confirm, .sendOffsets]

    @Test func aTransactionThatGoesWellIsCommitted() {
        var run = TransactionRun()
        var steps: [Step] = []
        while run.step != .end(.committed) {
            steps.append(run.step)
            run.succeeded()
        }
        #expect(steps == [.openProducer] + TransactionRunTests.beforeTheCommit + [.commit])
    }

    @Test(arguments: [.openProducer, .begin, .flush, .sendOffsets, .commit, .abort] as [TransactionRun.Step])
    func whatIsRetriableIsTriedAgain(step: TransactionRun.Step) {
        var run = TransactionRunTests.run(to: step)
        for _ in 0..<100 { run.failed(TransactionRunTests.retriable) }
        #expect(run.step == step)
    }

    /// Half of it may be in the transaction already.
    @Test(arguments: [.produce, .confirm] as [TransactionRun.Step])
    func recordsAreNotProducedTwiceInOneTransaction(step: TransactionRun.Step) {
        var run = TransactionRunTests.run(to: step)
        run.failed(TransactionRunTests.retriable)
        #expect(run.step == .abort)
    }

    @Test(arguments: beforeTheCommit)
    func whatFailsBeforeTheCommitIsSurelyNotCommitted(step: TransactionRun.Step) {
        for failure in [TransactionRunTests.abortable, Failure()] {
            var run = TransactionRunTests.run(to: step)
            run.failed(failure)
            #expect(run.step == .abort)
            run.succeeded()
            // The sequence numbers of records that nobody has answered for are not to be used again.
            if step == .produce || step == .flush || step == .confirm {
                #expect(run.step == .discardProducer)
                run.succeeded()
            }
            #expect(run.step == .end(.aborted))
        }
        var run = TransactionRunTests.run(to: step)
        run.failed(TransactionRunTests.fatal)
        #expect(run.step == .discardProducer)
        run.succeeded()
        #expect(run.step == .end(.aborted))
    }

    @Test func anAbortThatFailsIsLeftToTheNextProducer() {
        var run = TransactionRunTests.run(to: .sendOffsets)
        run.failed(TransactionRunTests.abortable)
        run.failed(TransactionRunTests.fatal)
        #expect(run.step == .discardProducer)
        run.succeeded()
        #expect(run.step == .end(.aborted))
    }

    @Test func aCommitThatFailedAndCouldBeAbortedDidNotHappen() {
        var run = TransactionRunTests.run(to: .commit)
        run.failed(TransactionRunTests.abortable)
        #expect(run.step == .abort)
        run.succeeded()
        #expect(run.step == .end(.aborted))
    }

    @Test(arguments: [Failure(isFatal: true), Failure(requiresAbort: true, isFatal: true), Failure()])
    func aCommitThatFailedForGoodMayHaveHappened(failure: TransactionRun.Failure) {
        var run = TransactionRunTests.run(to: .commit)
        run.failed(failure)
        #expect(run.step == .discardProducer)
        run.succeeded()
        // What becomes of it is decided before anybody reads the ledger.
        #expect(run.step == .openProducer)
        run.failed(TransactionRunTests.fatal)
        #expect(run.step == .openProducer)
        run.succeeded()
        #expect(run.step == .end(.unknown))
    }

    @Test func aCommitOfWhichTheAbortFailsMayHaveHappened() {
        var run = TransactionRunTests.run(to: .commit)
        run.failed(TransactionRunTests.abortable)
        run.failed(TransactionRunTests.fatal)
        run.succeeded()
        run.succeeded()
        #expect(run.step == .end(.unknown))
    }

    @Test func whatIsRefusedWithoutFlagsIsNotTriedAgainAtOnce() {
        var run = TransactionRunTests.run(to: .produce)
        run.failed(Failure())
        #expect(run.wantsRest)
        for failure in [TransactionRunTests.abortable, TransactionRunTests.fatal, TransactionRunTests.retriable] {
            var run = TransactionRunTests.run(to: .produce)
            run.failed(failure)
            #expect(!run.wantsRest)
        }
    }

    private static func run(to step: TransactionRun.Step) -> TransactionRun {
        var run = TransactionRun()
        if step == .abort {
            run = TransactionRunTests.run(to: .sendOffsets)
            run.failed(abortable)
        }
        while run.step != step { run.succeeded() }
        return run
    }
}
