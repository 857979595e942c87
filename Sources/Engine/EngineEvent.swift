/// Something that an engine does now and then, and that is worth counting.
public enum EngineEvent: String, Sendable, CaseIterable {
    /// A settled filing was older than the ledger is to remember.
    case filingForgotten = "filing-forgotten"
    /// All that was filed for a person was taken out of the ledger.
    case personErased = "person-erased"
    /// A person was not erased, since something of theirs is pending or in doubt.
    case erasureRefused = "erasure-refused"
    /// An estate was found for a filing, and is followed from then on.
    case estateFollowed = "estate-followed"
    /// Nothing of ours is left in an estate, or it has been closed for long.
    case estateUnfollowed = "estate-unfollowed"
    /// All estates of a partition were asked about.
    case followRound = "follow-round"
    /// The same, but some questions had no answer, or not one that could be used: the next round asks them again.
    case followRoundBroken = "follow-round-incomplete"
    /// The same, after so long that the next round does not ask them again: changes may not have been told.
    case followRoundGivenUp = "follow-round-given-up"
    /// A request was not sent, since it was withdrawn before, or the news of the death was wrong.
    case requestCancelled = "request-cancelled"
    /// A request went out with another that had not been sent yet.
    case requestJoined = "request-joined"
    /// A filing was found at the portal before it was sent for the first time.
    case filingAdopted = "filing-adopted"
    /// Those who waited for a CPR number wait for another one now.
    case personRenumbered = "person-renumbered"
    /// A request needed no search: the person's estate had been sought a moment before.
    case searchSpared = "search-spared"
    /// A search that was due before a restore was put off a little, so that not all of them come at once.
    case searchSpread = "search-spread"
    /// An estate was not there, and the ledger was not told when it is sought next.
    case scheduleKept = "schedule-kept"
    case gateClosed = "gate-closed"
    case gateOpened = "gate-opened"
    /// A call was made while the gate was closed, to see whether it may be opened.
    case probe
    case probeFailed = "probe-failed"
    /// The budget for calls that repeat a failed one was used up.
    case retryDeferred = "retry-deferred"
    /// The portal said that it gets too many calls, and until when it wants none.
    case callsPaused = "calls-paused"
    /// A call had to wait for the rate limit.
    case callPaced = "call-paced"
    /// The portal was given fewer calls at once.
    case concurrencyLowered = "concurrency-lowered"
}
