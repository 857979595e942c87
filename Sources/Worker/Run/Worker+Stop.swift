import Driver
import Engine
import EventLoop
import Kafka

extension Worker {
    /// Takes nothing new, lets what is under way end, and then leaves.
    func beginStop() {
        guard driver.stop(at: now) else { return }
        log.info("worker.stopping", "finishing what is under way")
        letterNews.post(.stop)
    }

    /// Ends without draining: what this worker holds is not its own any more, or cannot be trusted.
    func giveUp(_ message: String) {
        guard driver.giveUp(at: now) else { return }
        log.error("worker.giving-up", message)
        letterNews.post(.stop)
        exitStatus = 1
        failure = message
    }

    /// Moves the end along; true when nothing is left to do.
    func stopIsOver() -> Bool {
        // One that has failed for good never becomes closed.
        let isOver = driver.isOver(isClosed: consumer.isClosed || consumer.fatalError != nil, at: now)
        carryOut()
        if driver.stage == .closing { mayHaveEvents = true }
        return isOver
    }
}
