import Engine

/// librdkafka's consumer in one process, as a model of version 2.0.2: it keeps the membership of the group on threads of
/// its own, asks the application about each change of the assignment, and fetches what was assigned to it.
///
/// Its habits are those that were seen of the real one (`LibraryQuirkTests`): a pause outlives an assignment, a resume
/// without a pause reads again, and of some memberships that end it says nothing.
struct ModelConsumer {
    /// What the application finds when it polls.
    enum Question {
        case assigned(UInt32)
        case revoked(UInt32, isLost: Bool)
    }

    /// Where one log is read (`Workload.log`), as an index into it.
    struct Place {
        var position: Int
        /// Where it begins again when it is resumed without a pause: where it was assigned, or last paused.
        var start: Int
    }

    /// The name that the coordinator gave us, and the generation: as they are at this moment, whatever the application
    /// has been told.
    var member: Int?
    var generation = -1
    /// What the group has given us.
    var assignment: UInt32 = 0
    var isJoining = false
    var joins = 0
    /// Fenced for good.
    var hasFailed = false
    var isClosing = false
    var isClosed = false

    /// Waits to be polled.
    var question: Question?
    /// Polled or not, it has not been answered.
    private(set) var isAsking = false
    private(set) var isAskingForRevocation = false
    /// To be assigned once a revocation is answered; the group is joined again after it.
    var assignedNext: UInt32?

    private(set) var places: [Place?]
    /// The library remembers a pause even when a partition is not assigned any more.
    private(set) var isPaused: [Bool]
    /// What stands still until the question is answered; nil when nothing does.
    private var suspended: [Bool]?

    init(logs: Int) {
        places = Array(repeating: nil, count: logs)
        isPaused = Array(repeating: false, count: logs)
    }

    // MARK: Questions

    /// Everything stands still until it is answered.
    mutating func ask(_ question: Question) {
        self.question = question
        isAsking = true
        if case .revoked = question { isAskingForRevocation = true } else { isAskingForRevocation = false }
        suspended = places.map { $0 != nil }
    }

    /// The application has answered.
    ///
    /// - Returns: the logs that are read again from an earlier place: what was assigned while all stood still is resumed
    ///   without having been paused.
    mutating func answered() -> [Int] {
        isAsking = false
        guard let suspended else { return [] }
        self.suspended = nil
        return places.indices.filter { !suspended[$0] && !isPaused[$0] && readAgain($0) }
    }

    /// - Returns: whether records come again by it.
    mutating func readAgain(_ log: Int) -> Bool {
        guard let place = places[log] else { return false }
        places[log]?.position = place.start
        return place.start < place.position
    }

    // MARK: Fetching

    /// - Returns: whether it stands still because of a pause of an earlier time.
    mutating func assign(_ log: Int, from position: Int) -> Bool {
        places[log] = Place(position: position, start: position)
        return isPaused[log]
    }

    mutating func unassign(_ log: Int) { places[log] = nil }

    mutating func pause(_ log: Int) {
        guard let place = places[log] else { return }
        if !isPaused[log] { places[log]?.start = place.position }
        isPaused[log] = true
    }

    /// - Returns: whether records come again by it.
    mutating func resume(_ log: Int) -> Bool {
        guard places[log] != nil else { return false }
        defer { isPaused[log] = false }
        return isPaused[log] ? false : readAgain(log)
    }

    /// Where the next record of a log is to be had now, if there is one.
    func next(_ log: Int, produced: Int) -> Int? {
        guard suspended == nil, !isPaused[log], let place = places[log], place.position < produced else { return nil }
        return place.position
    }

    func hasRecords(_ produced: [Int]) -> Bool {
        suspended == nil && produced.indices.contains { next($0, produced: produced[$0]) != nil }
    }

    mutating func took(_ log: Int) { places[log]?.position += 1 }
}
