import Engine
import Estates

/// A call whose bytes have left.
struct PendingCall {
    let call: PortalCall
    let worker: Int
    let ticket: CallTicket
    let fate: CallFate
    /// In the run's time.
    let deadline: Int64
}

/// What chance has in store for a call.
struct CallFate {
    /// When the portal processes it; nil is never.
    var arrivesAt: Int64?
    /// When the portal's own answer reaches the worker; nil when it does not.
    var answersAt: Int64?
    /// What the worker sees instead of the portal's answer.
    var clientSees: (at: Int64, failure: PortalFailure)?
    /// Whether its bytes leave after the last look at the clock.
    var isLate = false
}
