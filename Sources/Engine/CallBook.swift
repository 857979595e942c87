import Estates

/// What sort of call it is, as far as its failures are concerned.
enum CallPurpose: Hashable { case search, lookUp, change }

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
}

/// The calls that are under way and those that wait for a free place, in the order in which they came.
///
/// Calls about filings go before searches: what is nearly done is finished before something new is begun.
struct CallBook {
    private(set) var underWay: [CallTicket: Caller] = [:]
    private var filings = FIFO<Caller>()
    private var searches = FIFO<Caller>()
    private var lastNumber: UInt64 = 0

    mutating func enqueue(_ caller: Caller) {
        switch caller.target {
        case .filing: filings.append(caller)
        case .person: searches.append(caller)
        }
    }

    /// The next caller, which may have moved on in the meantime.
    mutating func next() -> Caller? { filings.popFirst() ?? searches.popFirst() }

    mutating func open(for caller: Caller) -> CallTicket {
        lastNumber += 1
        let ticket = CallTicket(number: lastNumber)
        underWay[ticket] = caller
        return ticket
    }

    mutating func close(_ ticket: CallTicket) -> Caller? { underWay.removeValue(forKey: ticket) }

    /// Forgets the calls of a partition's incarnation and returns their tickets, so that they can be cancelled.
    mutating func closeAll(partition: Int32, epoch: UInt64) -> [CallTicket] {
        let gone = underWay.filter { $0.value.partition == partition && $0.value.epoch == epoch }.map(\.key)
        for ticket in gone { underWay[ticket] = nil }
        return gone.sorted { $0.number < $1.number }
    }
}

/// A queue on an array: what was taken is removed in bulk.
struct FIFO<Element> {
    private var elements: [Element?] = []
    private var head = 0

    var isEmpty: Bool { head == elements.count }

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
