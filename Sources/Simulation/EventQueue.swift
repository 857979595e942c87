/// What is to happen, in the order of time; what falls on one moment happens in the order in which it was added.
struct EventQueue {
    private struct Entry {
        let time: Int64
        let number: Int
        let slot: Int

        func comesBefore(_ other: Entry) -> Bool { (time, number) < (other.time, other.number) }
    }

    private var heap: [Entry] = []
    /// Events stand still while the heap moves, since they are large.
    private var slots: [Event?] = []
    private var free: [Int] = []
    private var added = 0

    mutating func add(_ event: Event, at time: Int64) {
        let slot: Int
        if let old = free.popLast() {
            slots[old] = event
            slot = old
        } else {
            slot = slots.count
            slots.append(event)
        }
        added += 1
        heap.append(Entry(time: time, number: added, slot: slot))
        var child = heap.count - 1
        while child > 0, heap[child].comesBefore(heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func next() -> (time: Int64, event: Event)? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            sink()
        }
        guard let event = slots[first.slot] else { preconditionFailure("an event was lost") }
        slots[first.slot] = nil
        free.append(first.slot)
        return (first.time, event)
    }

    private mutating func sink() {
        var parent = 0
        while true {
            var least = parent
            let left = 2 * parent + 1
            if left < heap.count, heap[left].comesBefore(heap[least]) { least = left }
            if left + 1 < heap.count, heap[left + 1].comesBefore(heap[least]) { least = left + 1 }
            if least == parent { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
