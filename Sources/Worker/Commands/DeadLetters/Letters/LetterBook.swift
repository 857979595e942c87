/// What is known of all dead letters after the audit and the topic have been read once. It takes sixteen bytes a letter,
/// and as many for a transaction's marker; offsets that are far apart share no memory.
struct LetterBook: Sendable {
    private struct Page: Hashable {
        let partition: Int32
        let number: Int64
    }

    private static let pageSize: Int64 = 1024
    private var pages: [Page: [LetterNote]] = [:]
    private(set) var kinds = Numbering<LetterKind>(limit: Int(UInt16.max), overflow: .other)
    private(set) var runs: Numbering<String>
    /// Whether any was replayed: then a letter's status is sure only when the whole topic has been read.
    private(set) var hasReplays = false
    /// Who wrote to the audit last.
    var lockHolder: LockHolder?

    /// - Parameter runs: of an earlier reading, so that the numbers mean the same.
    init(runs: Numbering<String> = Numbering()) { self.runs = runs }

    subscript(_ place: LetterPlace) -> LetterNote {
        let (page, index) = LetterBook.position(place)
        return pages[page]?[index] ?? LetterNote()
    }

    /// What the audit says of a letter; a later word replaces an earlier one.
    mutating func note(_ event: AuditEvent, of place: LetterPlace) {
        let run = UInt32(clamping: runs.number(of: event.run))
        hasReplays = hasReplays || event.state == .replayed
        change(place) { note in
            note.run = run
            note.status = event.state.status
        }
    }

    /// A letter that is among those asked for.
    mutating func take(
        _ place: LetterPlace, _ headers: LetterHeaders, timestamp: Int64, obstacle: ReplayObstacle?
    ) {
        let kind = UInt16(clamping: kinds.number(of: headers.kind))
        change(place) { note in
            note.kind = kind
            note.timestamp = timestamp
            note.obstacle = obstacle
        }
    }

    /// The letter is not among those asked for after all.
    mutating func drop(_ place: LetterPlace) { change(place) { $0.kind = 0 } }

    /// Any letter: one that came of a replay tells that the replay was in vain. Only of the newest replay: when a letter
    /// is replayed again, what became of the earlier time says nothing of this one.
    mutating func follow(_ headers: LetterHeaders) {
        guard let place = headers.replayOf, let id = headers.replayID, let run = runs.known(id) else { return }
        guard self[place].status == .replayed, self[place].run == run else { return }
        change(place) { $0.status = .refailed }
    }

    /// All letters that were asked for, by partition and offset.
    func visit(_ body: (LetterPlace, LetterNote) -> Void) {
        for page in pages.keys.sorted(by: { ($0.partition, $0.number) < ($1.partition, $1.number) }) {
            for (index, note) in (pages[page] ?? []).enumerated() where note.kind != 0 {
                let offset = page.number * LetterBook.pageSize + Int64(index)
                body(LetterPlace(partition: page.partition, offset: offset), note)
            }
        }
    }

    private mutating func change(_ place: LetterPlace, _ body: (inout LetterNote) -> Void) {
        let (page, index) = LetterBook.position(place)
        body(&pages[page, default: Array(repeating: LetterNote(), count: Int(LetterBook.pageSize))][index])
    }

    private static func position(_ place: LetterPlace) -> (Page, Int) {
        (Page(partition: place.partition, number: place.offset / pageSize), Int(place.offset % pageSize))
    }
}
