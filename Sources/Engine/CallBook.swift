import Estates

/// What sort of call it is, as far as its failures and its latency are concerned.
enum CallPurpose: Hashable {
    case search, lookUp, change, attach
    /// Which estates have changed.
    case changes
    /// How a filing in a changed estate stands.
    case status
}

/// Whom a call is made for.
enum CallTarget {
    case person(Deceased)
    case filing(FilingIdentity)
    /// The next question of the partition's round.
    case following
}

/// Someone who waits for a call to be made, or for its answer.
struct Caller {
    let partition: Int32
    let epoch: UInt64
    let target: CallTarget
    let turn: CallTurn
    /// When its deadline is over, if that is near; decides who goes first.
    let due: Timestamp?
}

/// A call that is under way.
struct OpenCall {
    let caller: Caller
    let purpose: CallPurpose
    /// On the monotonic clock.
    let startedAt: Int64
}

/// The calls that are under way and those that wait for a free place.
///
/// Those whose deadline is near go first, by how near it is, but of four calls one goes to somebody else who waits, so that a
/// thousand claims that came late do not hold up all others. Then come, in the order in which they came, calls about filings
/// before searches: what is nearly done is finished before something new is begun. Those that repeat a failed call have a
/// queue of their own, since there is a budget for them.
///
/// Following estates goes last, but gets one call in sixteen however much else there is to do. Its questions wait for each
/// other, so there are few of them, and they need no budget.
struct CallBook {
    private enum Sort: Int, CaseIterable { case filings, searches, retries, following }

    /// Calls in a row that may go to those whose deadline is near while others wait.
    private static let urgentAtMost = 3
    /// Calls in a row that may go to others while following waits.
    private static let othersAtMost = 15

    private(set) var underWay: [CallTicket: OpenCall] = [:]
    private var queues = Sort.allCases.map { _ in CallerQueue() }
    private var urgentInRow = 0
    /// Calls made since the last one that followed estates.
    private var othersSince = 0
    private(set) var lastTicket = CallTicket(number: 0)
    /// Until then, on the monotonic clock, the next call is kept for a filing whose intent had grown too old for it. Where
    /// calls are further apart than an intent is good for, a search would take the call each time while the intent is
    /// renewed, and the filing would never be sent.
    private var keptUntil: Int64 = .min

    mutating func enqueue(_ caller: Caller) {
        switch (caller.turn, caller.target) {
        case (.first, .filing): queues[Sort.filings.rawValue].append(caller)
        case (.first, .person): queues[Sort.searches.rawValue].append(caller)
        case (_, .following): queues[Sort.following.rawValue].append(caller)
        case (.retry, _): queues[Sort.retries.rawValue].append(caller)
        }
    }

    /// The next caller; it may have moved on in the meantime.
    ///
    /// - Parameters:
    ///   - mayRetry: whether a failed call may be repeated; of those whose deadline is not near they go first.
    ///   - isKept: whether the call is kept for filings.
    mutating func next(mayRetry: Bool, isKept: Bool) -> Caller? {
        let sorts: [Sort] = (mayRetry ? [.retries] : []) + (isKept ? [.filings] : [.filings, .searches])
        var nearest: (sort: Sort, due: Timestamp)?
        for sort in sorts {
            guard let due = queues[sort.rawValue].nearest else { continue }
            if nearest.map({ due < $0.due }) ?? true { nearest = (sort, due) }
        }
        let others = sorts.first { queues[$0.rawValue].hasOthers }
        let mayFollow = !isKept && queues[Sort.following.rawValue].hasOthers
        if let nearest, others == nil && !mayFollow || urgentInRow < CallBook.urgentAtMost {
            othersSince += 1
            return queues[nearest.sort.rawValue].popNearest()
        }
        if let others, !mayFollow || othersSince < CallBook.othersAtMost {
            othersSince += 1
            return queues[others.rawValue].popOther()
        }
        guard mayFollow else { return nil }
        othersSince = 0
        return queues[Sort.following.rawValue].popOther()
    }

    /// Keeps the next call for filings, for as long as it takes to commit an intent.
    mutating func keepNext(until end: Int64) { keptUntil = end }

    /// Until when searches wait for their turn, if they do.
    func kept(at now: Int64) -> Int64? { keptUntil > now ? keptUntil : nil }

    /// A caller to probe the portal with: one that only reads, if there is one.
    mutating func nextForProbe() -> Caller? {
        for sort in [Sort.searches, .retries, .filings, .following] {
            if let caller = queues[sort.rawValue].popFirst() { return caller }
        }
        return nil
    }

    /// Takes out all who wait, so that each can get in line anew.
    mutating func takeWaiting() -> [Caller] {
        var waiting: [Caller] = []
        for sort in Sort.allCases {
            while let caller = queues[sort.rawValue].popFirst() { waiting.append(caller) }
        }
        return waiting
    }

    var waitingCount: Int { queues.reduce(0) { $0 + $1.count } }

    /// Whether somebody waits for a call that is no question about followed estates.
    var isRequestWaiting: Bool { waitingCount > queues[Sort.following.rawValue].count }

    /// Whether such a call is under way.
    var isRequestUnderWay: Bool {
        underWay.values.contains { if case .following = $0.caller.target { false } else { true } }
    }

    mutating func open(for caller: Caller, _ purpose: CallPurpose, at now: Int64) -> CallTicket {
        lastTicket = CallTicket(number: lastTicket.number + 1)
        underWay[lastTicket] = OpenCall(caller: caller, purpose: purpose, startedAt: now)
        urgentInRow = caller.due == nil ? 0 : urgentInRow + 1
        keptUntil = .min
        return lastTicket
    }

    mutating func close(_ ticket: CallTicket) -> OpenCall? { underWay.removeValue(forKey: ticket) }

    /// Forgets the calls of a partition's incarnation and returns their tickets, so that they can be cancelled.
    mutating func closeAll(partition: Int32, epoch: UInt64) -> [CallTicket] {
        let gone = underWay.filter { $0.value.caller.partition == partition && $0.value.caller.epoch == epoch }.map(
            \.key)
        for ticket in gone { underWay[ticket] = nil }
        return gone.sorted { $0.number < $1.number }
    }
}

/// A queue on an array: what was taken is removed in bulk.
struct FIFO<Element> {
    private var elements: [Element?] = []
    private var head = 0

    var count: Int { elements.count - head }

    mutating func append(_ element: Element) { elements.append(element) }

    mutating func popFirst() -> Element? {
        guard head < elements.count else { return nil }
        let element = elements[head]
        elements[head] = nil
        head += 1
        if head == elements.count {
            elements.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= 1024, head * 2 >= elements.count {
            elements.removeFirst(head)
            head = 0
        }
        return element
    }
}
