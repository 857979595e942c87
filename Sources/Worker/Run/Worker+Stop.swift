import Engine
import EventLoop
import Kafka

extension Worker {
    /// How long closing may take; with a JoinGroup pending the library waits for its end.
    private static let closingPatience: Int64 = 8000

    /// Takes nothing new, lets what is under way end, and then leaves.
    func beginStop() {
        switch stage {
        case .joining, .running: break
        case .draining, .closing: return
        }
        log.info("worker.stopping", "finishing what is under way")
        stage = .draining
        stopDeadline = MonotonicClock.milliseconds() + settings.drainTimeout
        pause()
        undrainedAtStop = owned
        for partition in owned.sorted() { engine.drain(partition, at: now) }
    }

    /// Ends without draining: what this worker holds is not its own any more, or cannot be trusted.
    func giveUp(_ message: String) {
        guard stage != .closing else { return }
        log.error("worker.giving-up", message)
        exitStatus = 1
        failure = message
        for partition in owned.sorted() { engine.revoked(partition, at: now) }
        undrainedAtStop = []
        stage = .draining
        stopDeadline = MonotonicClock.milliseconds() + 1000
    }

    /// Moves the end along; true when nothing is left to do.
    func stopIsOver() -> Bool {
        switch stage {
        case .joining, .running:
            return false
        case .draining:
            let isLate = stopDeadline.map { MonotonicClock.milliseconds() >= $0 } ?? true
            guard (undrainedAtStop.isEmpty && !isTickUnderWay && revocation == nil) || isLate else { return false }
            if !undrainedAtStop.isEmpty {
                log.warning(
                    "worker.undrained", "drain.timeout is over; what is unfinished is settled by the next owner",
                    ["partitions": .text("\(undrainedAtStop.sorted())")])
            }
            stage = .closing
            stopDeadline = MonotonicClock.milliseconds() + Worker.closingPatience
            finishRevocation()
            consumer.beginClose()
            mayHaveEvents = true
            return false
        case .closing:
            mayHaveEvents = true
            // One that has failed for good never becomes closed.
            if consumer.isClosed || consumer.fatalError != nil { return true }
            return stopDeadline.map { MonotonicClock.milliseconds() >= $0 } ?? true
        }
    }
}
