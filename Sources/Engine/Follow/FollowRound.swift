import Estates

/// One round of asking which estates of a partition have changed, from the first to the last.
struct FollowRound {
    enum Call: Hashable {
        /// The next one waits for its time, or there is none.
        case idle
        /// Waits for a free call.
        case queued
        case underWay(CallTicket, Question)
    }

    /// What a call asks.
    enum Question: Hashable {
        /// About the estates in these rows.
        case estates(Range<Int>)
        /// About a filing, which had this receipt then.
        case filing(FilingIdentity, Receipt)
    }

    /// How often a question is asked in vain before it is left out: with the pauses between, for an hour or two.
    static let failuresAtMost = 20

    /// What the portal is asked about: changes since then, by its clock.
    let since: Timestamp
    let startedAt: Moment
    /// The next row, and the end of those that are asked about. Estates that are followed since the first answer came are as
    /// new as that, since the portal has said of them how they are then: the next round is soon enough for them.
    var row = 0
    var end: Int
    /// Filings in changed estates, whose status is to be looked at; the last first.
    var filings: [FilingIdentity] = []
    /// Whether an answer has come, and what the portal's clock said then, if it said anything.
    var hasAnswer = false
    var portalTime: Timestamp?
    var call = Call.idle
    /// Failures in a row; decides the next back-off.
    var failures = 0
    /// Of one question, in a row, that cannot be expected to pass.
    var refusals = 0
    /// Whether all questions were answered: only then does the checkpoint move.
    var isWhole = true

    /// Nothing is left to ask.
    var isOver: Bool { filings.isEmpty && row >= end }
}
