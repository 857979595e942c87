import Engine

extension Driver {
    /// How long the window may be full before the partitions are paused, in milliseconds. A pause throws away what was
    /// fetched, so it is not done for a moment's fullness.
    static var fullnessPatience: Int64 { 200 }

    mutating func watchWindow(at now: Moment) {
        guard stage == .running else {
            fullSince = nil
            return
        }
        if engine.wantsRecords {
            fullSince = nil
            if isPaused, engine.hasRoomAgain { resume() }
        } else if let since = fullSince {
            if now.monotonic - since > Driver.fullnessPatience, !isPaused { pause() }
        } else {
            fullSince = now.monotonic
        }
    }

    mutating func pause() {
        isPaused = true
        actions.append(.pause(fetched))
    }

    mutating func resume() {
        isPaused = false
        actions.append(.resume(fetched.subtracting(standing)))
    }
}
