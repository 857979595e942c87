import Engine
import Estates
import JSON
import Kafka

/// What a shadow has answered, counted. It keeps counts alone, however many answers there are, but for the places of
/// requests that have none yet.
struct ShadowTally {
    /// What replies are counted by.
    struct Row: Hashable {
        let kind: String
        let action: String
        let outcome: String
    }

    struct Party: Hashable {
        let cvr: String
        let onBehalfOf: String?
    }

    /// What one creditor would do.
    struct Share {
        var outcomes: [String: Int] = [:]
        /// Of its claims that would be filed: the sum of their principals, in øre.
        var principal: Int64 = 0
    }

    private(set) var replies: [Row: Int] = [:]
    private(set) var creditors: [Party: Share] = [:]
    private(set) var letters: [LetterKind: Int] = [:]
    /// Estate replies by outcome.
    private(set) var notifications: [String: Int] = [:]
    /// Replies with the portal's own receipt: somebody had filed the same before (`filing.adopt`).
    private(set) var adopted = 0
    /// Changes that would be made to what somebody else has filed.
    private(set) var changesOfOthers = 0
    /// Answers that say of themselves that no shadow has written them, or that cannot be read.
    private(set) var strangers = 0
    /// Accepted and not answered yet.
    private var pending: [InputTopic: Set<Source>] = [:]

    var answers: Int {
        replies.values.reduce(0, +) + notifications.values.reduce(0, +) + letters.values.reduce(0, +)
    }

    func waiting(_ topic: InputTopic) -> Int { pending[topic]?.count ?? 0 }

    mutating func addClaimReply(_ record: Record) {
        guard let root = ShadowTally.answer(record), let kind = root["kind"]?.string,
            let action = root["action"]?.string, let outcome = root["outcome"]?.string,
            let cvr = root["creditor"]?["cvr"]?.string
        else {
            strangers += 1
            return
        }
        replies[Row(kind: kind, action: action, outcome: outcome), default: 0] += 1
        let party = Party(cvr: cvr, onBehalfOf: root["creditor"]?["onBehalfOf"]?.string)
        creditors[party, default: Share()].outcomes[outcome, default: 0] += 1
        switch ClaimReply.Outcome(rawValue: outcome) {
        case .wouldFile:
            let amount = kind == FilingKind.claim.rawValue ? root["amount"]?.string.flatMap { Money($0) } : nil
            creditors[party, default: Share()].principal += amount?.oere ?? 0
        case .alreadyFiled: if root["receipt"] != nil { adopted += 1 }
        case .wouldAmend, .wouldWithdraw: if root["filingId"] != nil { changesOfOthers += 1 }
        case .filed, .amended, .withdrawn, .cancelled, nil: break
        }
    }

    mutating func addEstateReply(_ record: Record) {
        guard let outcome = ShadowTally.answer(record)?["outcome"]?.string else {
            strangers += 1
            return
        }
        notifications[outcome, default: 0] += 1
    }

    mutating func addLetter(_ record: Record) {
        guard record.headers.contains(where: { $0.name == LetterHeaderName.mode }) else {
            strangers += 1
            return
        }
        letters[LetterHeaders(record).kind.withoutFingerprint, default: 0] += 1
    }

    /// A record of the ledger: the contents of a request stand in it from its acceptance to its answer.
    mutating func addLedger(_ record: Record) {
        guard case .request(let source)? = record.key.flatMap({ LedgerKey($0, partition: record.partition) }) else {
            return
        }
        if record.value == nil {
            pending[source.topic]?.remove(source)
        } else {
            pending[source.topic, default: []].insert(source)
        }
    }

    /// A reply of a shadow; with `cloudevents.mode=structured` it stands in an envelope.
    private static func answer(_ record: Record) -> JSONValue? {
        guard let root = record.value.flatMap({ try? JSONDocument.parse($0) }) else { return nil }
        let answer = root["specversion"] == nil ? root : root["data"]
        return answer?["shadow"]?.boolean == true ? answer : nil
    }
}
