/// The pending requests of one filing, oldest first.
///
/// A creditor's mistake can queue tens of thousands of them. They stand in chunks, so that neither taking the oldest away
/// nor copying a filing's value costs as much as there are requests.
struct RequestQueue {
    private static let chunkSize = 64

    /// None is empty, but for the places before `head` in the first.
    private var chunks: [[PendingRequest?]] = []
    private var head = 0
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    var first: PendingRequest? { isEmpty ? nil : chunks[0][head] }

    /// Counted from the oldest; nil when there are not so many.
    subscript(index: Int) -> PendingRequest? {
        guard index >= 0, index < count else { return nil }
        // Only the last chunk is not full.
        let at = head + index
        return chunks[at / RequestQueue.chunkSize][at % RequestQueue.chunkSize]
    }

    /// The newest.
    var last: PendingRequest? {
        get { isEmpty ? nil : chunks[chunks.count - 1][chunks[chunks.count - 1].count - 1] }
        set {
            guard !isEmpty, let newValue else { return }
            let chunk = chunks.count - 1
            chunks[chunk][chunks[chunk].count - 1] = newValue
        }
    }

    mutating func append(_ request: PendingRequest) {
        if let chunk = chunks.indices.last, chunks[chunk].count < RequestQueue.chunkSize {
            chunks[chunk].append(request)
        } else {
            chunks.append([request])
        }
        count += 1
    }

    /// Takes the oldest away, with what it holds: its contents may be megabytes.
    mutating func removeFirst() {
        precondition(!isEmpty, "there is a request to remove")
        chunks[0][head] = nil
        head += 1
        count -= 1
        if head == chunks[0].count {
            chunks.removeFirst()
            head = 0
        }
    }

    /// Changes each of them in place; they stay as many.
    mutating func changeAll(_ change: (inout PendingRequest) -> Void) {
        for chunk in chunks.indices {
            for at in chunks[chunk].indices {
                guard var request = chunks[chunk][at] else { continue }
                change(&request)
                chunks[chunk][at] = request
            }
        }
    }

    func map<Result>(_ transform: (PendingRequest) -> Result) -> [Result] {
        var results: [Result] = []
        results.reserveCapacity(count)
        for chunk in chunks { for case let request? in chunk { results.append(transform(request)) } }
        return results
    }
}
