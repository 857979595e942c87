/// What a run has done.
struct ReplayReport {
    /// Why it ended.
    enum End {
        case finished
        case stopped
        case lockLost
    }

    var end = End.finished
    /// Committed, as far as is known.
    var done = 0
    /// Of those planned, dealt with by another run in the meantime.
    var doneByOthers = 0
    /// Of those planned, refused when their turn came.
    var refused = 0
    /// The first of them, with the reason.
    private(set) var refusals: [(place: LetterPlace, reason: String)] = []

    mutating func refuse(_ place: LetterPlace, _ reason: String) {
        refused += 1
        if refusals.count < 20 { refusals.append((place, reason)) }
    }
}
