import Estates

/// Callers who wait for one sort of call: those whose deadline is near by how near it is, the others in the order in which
/// they came.
struct CallerQueue {
    private struct Urgent {
        let caller: Caller
        let due: Timestamp
        /// Tells who came first of those with the same deadline.
        let number: UInt64

        static func precedes(_ left: Urgent, _ right: Urgent) -> Bool {
            (left.due, left.number) < (right.due, right.number)
        }
    }

    /// A binary heap, the nearest on top.
    private var urgent: [Urgent] = []
    private var others = FIFO<Caller>()
    private var added: UInt64 = 0

    var count: Int { urgent.count + others.count }

    /// The nearest deadline of those who wait.
    var nearest: Timestamp? { urgent.first?.due }

    var hasOthers: Bool { others.count > 0 }

    mutating func append(_ caller: Caller) {
        guard let due = caller.due else {
            others.append(caller)
            return
        }
        added += 1
        urgent.append(Urgent(caller: caller, due: due, number: added))
        var child = urgent.count - 1
        while child > 0, Urgent.precedes(urgent[child], urgent[(child - 1) / 2]) {
            urgent.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func popNearest() -> Caller? {
        guard let first = urgent.first else { return nil }
        let last = urgent.removeLast()
        guard !urgent.isEmpty else { return first.caller }
        urgent[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in (2 * parent + 1)...(2 * parent + 2)
            where child < urgent.count && Urgent.precedes(urgent[child], urgent[least]) {
                least = child
            }
            if least == parent { return first.caller }
            urgent.swapAt(parent, least)
            parent = least
        }
    }

    mutating func popOther() -> Caller? { others.popFirst() }

    mutating func popFirst() -> Caller? { popNearest() ?? popOther() }
}
