/// What a run has done.
struct ReplayReport {
    /// Why it ended.
    enum End: String {
        case finished
        case stopped
        case lockLost = "lock-lost"
        /// The brokers did not let it go on.
        case failed
    }

    var end = End.finished
    /// Who took the lock, when that is known.
    var lostTo: LockHolder?
    /// Committed, as far as is known.
    var done = 0
    /// Of those planned, dealt with by another run in the meantime.
    var doneByOthers = 0
    /// Of those planned, refused when their turn came.
    var refused = 0
    /// The first of them, with the reason.
    private(set) var refusals: [(place: LetterPlace, reason: String)] = []

    /// A session begins, which looks at all letters of the plan again.
    mutating func begin(done: Int, doneByOthers: Int) {
        self.done = done
        self.doneByOthers = doneByOthers
        refused = 0
        refusals = []
    }

    mutating func refuse(_ place: LetterPlace, _ reason: String) {
        refused += 1
        if refusals.count < 20 { refusals.append((place, reason)) }
    }
}
