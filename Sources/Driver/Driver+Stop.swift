import Engine

extension Driver {
    /// How long closing may take; with a JoinGroup pending the library waits for its end.
    private static var closingPatience: Int64 { 8000 }

    /// Takes nothing new, lets what is under way end, and then leaves; a second time, leaves at once.
    ///
    /// - Returns: whether this began it.
    public mutating func stop(at now: Moment) -> Bool {
        guard stage == .joining || stage == .running else { return false }
        absorbCommands()
        stage = .draining
        stopDeadline = now.monotonic + drainTimeout
        pause()
        undrainedAtStop = owned
        for partition in owned.sorted() { engine.drain(partition, at: now) }
        return true
    }

    /// Does not wait any longer for what is under way.
    public mutating func hurry(at now: Moment) {
        if stage == .draining || stage == .closing { stopDeadline = now.monotonic }
    }

    /// Ends without draining: what this worker holds is not its own any more, or cannot be trusted.
    ///
    /// - Returns: whether this began it.
    public mutating func giveUp(at now: Moment) -> Bool {
        guard stage != .closing else { return false }
        for partition in owned.sorted() { engine.revoked(partition, at: now) }
        undrainedAtStop = []
        stage = .draining
        stopDeadline = now.monotonic + 1000
        return true
    }

    /// Moves the end along.
    ///
    /// - Parameter isClosed: the consumer has left the group, or has failed for good, in which case it never does.
    /// - Returns: whether nothing is left to do.
    public mutating func isOver(isClosed: Bool, at now: Moment) -> Bool {
        let isLate = stopDeadline.map { now.monotonic >= $0 } ?? true
        switch stage {
        case .joining, .running:
            return false
        case .draining:
            let isDone = undrainedAtStop.isEmpty && !isTickUnderWay && revocation == nil && !hasOtherWork
            guard isDone || isLate else { return false }
            if !undrainedAtStop.isEmpty { actions.append(.tell(.undrainedAtStop(undrainedAtStop))) }
            stage = .closing
            stopDeadline = now.monotonic + Driver.closingPatience
            finishRevocation(at: now)
            actions.append(.close)
            return false
        case .closing:
            return isClosed || isLate
        }
    }
}
