import Estates
import EventLoop
import Glibc

/// Gets access tokens by client credentials (RFC 6749 § 4.4) and keeps the last one: one request at a time, whoever wants
/// one.
final class TokenSource {
    /// After a renewal ahead of time has failed, while the old token is still good.
    private static let pauseAfterFailure: Int64 = 5_000_000_000

    private let url: String
    private let clientID: String
    private let scope: String?
    private let assertion: ClientAssertion?
    private let timeout: Int64
    private let transport: Transport
    private(set) var current: AccessToken?
    private var request: Transfer?
    private(set) var clock: ServerClock
    private(set) var requests: UInt64 = 0
    private(set) var failures: UInt64 = 0
    /// Told of the end of each request, from a turn of the loop.
    var onResult: (Result<AccessToken, PortalFailure>) -> Void = { _ in }

    /// Nil when no token is wanted.
    init?(
        settings: PortalSettings, credentials: Credentials?, transport: Transport, clock: ServerClock
    ) {
        guard settings.tokenAuthentication != .none, let url = settings.tokenURL, let clientID = settings.clientID
        else {
            return nil
        }
        self.url = url
        self.clientID = clientID
        scope = settings.tokenScope
        timeout = settings.callTimeout
        self.transport = transport
        self.clock = clock
        if settings.tokenAuthentication == .privateKeyJWT, let credentials {
            assertion = ClientAssertion(clientID: clientID, audience: url, credentials: credentials)
        } else {
            assertion = nil
        }
    }

    /// The token to be used now, if there is one. When its end is near, a new one is fetched meanwhile.
    func usableToken(now: Int64) -> AccessToken? {
        guard let current, now < current.validUntil else { return nil }
        if now >= current.renewFrom { fetch() }
        return current
    }

    /// A call with this token was answered 401: it is not used again.
    func reject(_ token: AccessToken) {
        if current === token { current = nil }
    }

    /// Ends a request that is under way, without a result.
    func stop() {
        if let request { transport.cancel(request) }
        request = nil
    }

    /// Asks for a new token unless that is being done.
    func fetch() {
        guard request == nil else { return }
        requests += 1
        let now = MonotonicClock.nanoseconds()
        // Without a signature the server refuses the request, and that is told like any other refusal.
        let form = Wire.tokenForm(clientID: clientID, scope: scope, assertion: assertion?.sign(now: clock.now()))
        request = transport.start(
            HTTPRequest(method: .post, url: url, body: .form(form)), deadline: .max, expiry: now + timeout * 1_000_000
        ) { [unowned self] transfer in
            request = nil
            clock.note(date: transfer.header("Date"))
            let result = read(transfer, askedAt: now)
            switch result {
            case .success(let token): current = token
            case .failure:
                failures += 1
                current?.renewFrom = MonotonicClock.nanoseconds() + TokenSource.pauseAfterFailure
            }
            onResult(result)
        }
    }

    /// Its life is counted from when it was asked for, so that we never think it longer than the server does.
    private func read(_ transfer: Transfer, askedAt: Int64) -> Result<AccessToken, PortalFailure> {
        if let failure = PortalFailure(transfer, ofToken: true, changesSomething: false) { return .failure(failure) }
        var detail = "the access token has characters that no token has"
        do throws(Wire.Problem) {
            let answer = try Wire.token(in: transfer.response.bytes)
            let token = AccessToken(text: answer.text, validFrom: askedAt, seconds: answer.seconds)
            if let token, token.validUntil > MonotonicClock.nanoseconds() { return .success(token) }
            // Else calls would ask for one after another without end.
            if token != nil { detail = "the access token had expired when it came" }
        } catch {
            detail = error.detail
        }
        return .failure(PortalFailure(.unexpectedBody, ofToken: true, mayHaveTakenEffect: false, detail: detail))
    }
}
