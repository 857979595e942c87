/// The names of our headers on a dead letter, and on a record that a replay has put back.
enum LetterHeaderName {
    static let category = "proklama.error.category"
    static let reason = "proklama.error.reason"
    static let message = "proklama.error.message"
    static let stage = "proklama.error.stage"
    static let status = "proklama.error.http-status"
    static let at = "proklama.error.at"
    static let firstAt = "proklama.error.first-at"
    static let attempts = "proklama.error.attempts"
    static let fingerprint = "proklama.error.fingerprint"
    /// How many times in a row the record has failed with this fingerprint.
    static let repeats = "proklama.error.repeats"
    /// The record was too large for the dead-letter topic with its headers, and the value was left out.
    static let truncated = "proklama.error.truncated"

    /// What the portal has all the same, when only an attachment failed.
    static let estateID = "proklama.error.estate-id"
    static let filingID = "proklama.error.filing-id"
    static let receiptID = "proklama.error.receipt-id"
    static let receivedAt = "proklama.error.received-at"

    static let sourceTopic = "proklama.source.topic"
    static let sourcePartition = "proklama.source.partition"
    static let sourceOffset = "proklama.source.offset"
    static let sourceTimestamp = "proklama.source.timestamp"
    static let sourceGroup = "proklama.source.group"

    /// The key that the value is sealed with; without it the value is the original's.
    static let encrypted = Seal.header

    /// A shadow's letter says `shadow`; others have none.
    static let mode = "proklama.mode"
    static let worker = "proklama.worker"
    static let version = "proklama.version"

    static let replayCount = "proklama.replay.count"
    static let replayID = "proklama.replay.id"
    static let replayAt = "proklama.replay.at"
    /// Partition and offset of the dead letter that was replayed: `3/1204`.
    static let replayOf = "proklama.replay.of"

    /// Whether the worker writes it anew with each dead letter. Those of a replay stay: they tell the letter's history.
    static func isOfFailure(_ name: String) -> Bool {
        name.hasPrefix("proklama.error.") || name.hasPrefix("proklama.source.") || name == mode || name == worker
            || name == version || name == encrypted
    }

    /// A number as one of ours would say it. Anybody can send a record with headers that are named like ours, so it may be
    /// anything; what is beyond a billion was never counted.
    static func count(_ text: String) -> Int? { Int(text).flatMap { (0...1_000_000_000).contains($0) ? $0 : nil } }

    /// Whether a replay writes it anew.
    static func isOfReplay(_ name: String) -> Bool { name.hasPrefix("proklama.replay.") }

    /// What a record that is put back keeps of its failure: the next dead letter counts on from it.
    static func isCarriedOn(_ name: String) -> Bool {
        name == firstAt || name == attempts || name == fingerprint || name == repeats
    }
}
