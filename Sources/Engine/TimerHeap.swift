import Estates

/// What falls due at some time. An alarm whose subject has moved on is ignored when it fires, so none is ever removed.
struct Alarm {
    enum Subject {
        case person(Deceased)
        case filing(FilingIdentity)
        /// The partition's next round, or its next question.
        case following
    }

    /// On the monotonic clock.
    let at: Int64
    let partition: Int32
    let epoch: UInt64
    let subject: Subject
}

/// A binary heap of alarms, the earliest on top.
struct TimerHeap {
    private var alarms: [Alarm] = []

    var nextAt: Int64? { alarms.first?.at }

    mutating func add(_ alarm: Alarm) {
        alarms.append(alarm)
        var child = alarms.count - 1
        while child > 0, alarms[child].at < alarms[(child - 1) / 2].at {
            alarms.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// Removes and returns the earliest alarm that is due.
    mutating func take(dueAt now: Int64) -> Alarm? {
        guard let first = alarms.first, first.at <= now else { return nil }
        let last = alarms.removeLast()
        guard !alarms.isEmpty else { return first }
        alarms[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in (2 * parent + 1)...(2 * parent + 2)
            where child < alarms.count && alarms[child].at < alarms[least].at {
                least = child
            }
            if least == parent { return first }
            alarms.swapAt(parent, least)
            parent = least
        }
    }
}
