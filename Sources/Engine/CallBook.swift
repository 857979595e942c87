import Estates

/// What sort of call it is, as far as its failures and its latency are concerned.
enum CallPurpose: Hashable { case search, lookUp, change, attach }

/// Whom a call is made for.
enum CallTarget {
    case person(Deceased)
    case filing(FilingIdentity)
}

/// Someone who waits for a call to be made, or for its answer.
struct Caller {
    let partition: Int32
    let epoch: UInt64
    let target: CallTarget
    let turn: CallTurn
}

/// A call that is under way.
struct OpenCall {
    let caller: Caller
    let purpose: CallPurpose
    /// On the monotonic clock.
    let startedAt: Int64
}

/// The calls that are under way and those that wait for a free place, in the order in which they came.
///
/// Calls about filings go before searches: what is nearly done is finished before something new is begun. Those that
/// repeat a failed call have a queue of their own, since there is a budget for them.
struct CallBook {
    private(set) var underWay: [CallTicket: OpenCall] = [:]
    private var filings = FIFO<Caller>()
    private var searches = FIFO<Caller>()
    private var retries = FIFO<Caller>()
    private(set) var lastTicket = CallTicket(number: 0)

    mutating func enqueue(_ caller: Caller) {
        switch (caller.turn, caller.target) {
        case (.first, .filing): filings.append(caller)
        case (.first, .person): searches.append(caller)
        case (.retry, _): retries.append(caller)
        }
    }

    /// The next caller whose call is no repetition; it may have moved on in the meantime.
    mutating func next() -> Caller? { filings.popFirst() ?? searches.popFirst() }

    mutating func nextRetry() -> Caller? { retries.popFirst() }

    /// A caller to probe the portal with: one that only reads, if there is one.
    mutating func nextForProbe() -> Caller? { searches.popFirst() ?? retries.popFirst() ?? filings.popFirst() }

    /// The portal is back: what failed before is not held against anyone.
    mutating func forgiveRetries() {
        while let caller = retries.popFirst() {
            enqueue(Caller(partition: caller.partition, epoch: caller.epoch, target: caller.target, turn: .first))
        }
    }

    var waitingCount: Int { filings.count + searches.count + retries.count }

    mutating func open(for caller: Caller, _ purpose: CallPurpose, at now: Int64) -> CallTicket {
        lastTicket = CallTicket(number: lastTicket.number + 1)
        underWay[lastTicket] = OpenCall(caller: caller, purpose: purpose, startedAt: now)
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
