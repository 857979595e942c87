import Estates

extension PortalFailure {
    /// What went wrong with a request; nil when it was answered with a success, whose body is yet to be read.
    ///
    /// - Parameter changesSomething: whether the request can have an effect at all.
    init?(_ transfer: Transfer, ofToken: Bool, changesSomething: Bool) {
        if let failure = TransferFailure(transfer) {
            self.init(
                failure.cause, ofToken: ofToken, mayHaveTakenEffect: failure.mayHaveBeenProcessed && changesSomething,
                detail: failure.detail)
            return
        }
        let status = transfer.status
        let retryAfter = RetryAfter.milliseconds(transfer.header("Retry-After"))
        switch status {
        case 200...299: return nil
        case 300...399:
            // 301, 307 and 308 say "send it there instead"; after a 302 or 303 it may have been carried out.
            self.init(
                .redirected, ofToken: ofToken,
                mayHaveTakenEffect: changesSomething && ![301, 307, 308].contains(status), retryAfter: retryAfter,
                detail: "answered with a redirect (\(status)), which is not followed")
        default:
            // 400 to 499: "I did not do it". From 500 on the server does not know itself what it did.
            self.init(
                .status(status, code: Wire.errorCode(in: transfer.response.bytes)), ofToken: ofToken,
                mayHaveTakenEffect: changesSomething && status >= 500, retryAfter: retryAfter,
                detail: "answered with status \(status)")
        }
    }
}
