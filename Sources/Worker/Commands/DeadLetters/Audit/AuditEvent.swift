/// One replay or discard of one dead letter.
struct AuditEvent: Hashable, Sendable {
    /// What was done.
    enum State: String, Sendable, CaseIterable {
        case replayed
        case discarded

        var status: LetterStatus {
            switch self {
            case .replayed: .replayed
            case .discarded: .discarded
            }
        }
    }

    /// Where a replay has put it.
    struct Target: Hashable, Sendable {
        let topic: String
        let partition: Int32
        let offset: Int64
    }

    let state: State
    /// Names the run of the command: the same for all letters that it dealt with.
    let run: String
    /// `user@host`
    let by: String
    /// RFC 3339.
    let at: String
    let note: String?
    let category: String
    let reason: String
    let fingerprint: String
    /// The rest is of a replay only. How many times the record has been put back.
    let count: Int?
    let target: Target?
    /// Headers that were given another value, masked.
    let edits: [String]
}
