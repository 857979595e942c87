import Estates

/// A call from its start to its completion: perhaps a wait for a token, several pages, and a repetition after a 401.
final class Exchange {
    let id: CallID
    let call: PortalCall
    /// On `MonotonicClock`: no request of it leaves after this.
    let deadline: Int64
    /// On `MonotonicClock`: it has ended by then.
    let expiry: Int64
    let startedAt: Int64
    let completion: PortalClient.Completion
    /// The request under way.
    var transfer: Transfer?
    /// What the request under way, or the last one, carried.
    var token: AccessToken?
    var hasRepeatedFor401 = false
    var isSettled = false
    var pages = PagedSearch()
    /// By the portal's clock, when the first page was answered for the first time.
    var answeredAt: Timestamp?
    /// The bytes of the attachment that it sends.
    var uploadSize: Int64 = 0

    init(
        id: CallID, call: PortalCall, startedAt: Int64, deadline: Int64, expiry: Int64,
        completion: @escaping PortalClient.Completion
    ) {
        self.id = id
        self.call = call
        self.startedAt = startedAt
        self.deadline = deadline
        self.expiry = expiry
        self.completion = completion
    }

    /// A failure of this call; one that changes nothing cannot have taken effect.
    func failure(
        _ cause: PortalFailure.Cause, mayHaveBeenProcessed: Bool, ofToken: Bool = false, detail: String
    ) -> PortalFailure {
        PortalFailure(
            cause, ofToken: ofToken, mayHaveTakenEffect: mayHaveBeenProcessed && call.changesSomething, detail: detail)
    }
}
