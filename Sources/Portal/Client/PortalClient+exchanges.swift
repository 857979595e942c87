import CCurl
import Estates
import EventLoop

/// How a call goes on, step by step.
extension PortalClient {
    /// Sends the next request of a call, or lets it wait for a token.
    func proceed(_ exchange: Exchange) {
        // A completion before this one may have shut the client down.
        if isShutDown { return }
        let now = MonotonicClock.nanoseconds()
        guard now < exchange.expiry else {
            settleLater(exchange, outOfTime(exchange, now: now))
            return
        }
        if let tokens {
            guard let token = tokens.usableToken(now: now) else {
                waiting.append(exchange)
                wake(at: exchange.expiry)
                tokens.fetch()
                return
            }
            exchange.token = token
        }
        var request: HTTPRequest
        do throws(AttachmentFailure) {
            let page = settings.firstPage + exchange.pages.count
            request = try Wire.request(exchange.call, page: page, settings: settings)
        } catch {
            settleLater(
                exchange,
                exchange.failure(.attachment(error.problem), mayHaveBeenProcessed: false, detail: error.detail))
            return
        }
        if case .upload(let body) = request.body { exchange.uploadSize = body.contentSize }
        request.token = exchange.token
        if let key = request.idempotencyKey, !key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) {
            settleLater(
                exchange,
                exchange.failure(
                    .notStarted, mayHaveBeenProcessed: false, detail: "the idempotency key cannot stand in a header"))
            return
        }
        exchange.transfer = transport.start(request, deadline: exchange.deadline, expiry: exchange.expiry) {
            [unowned self] transfer in answered(exchange, transfer)
        }
    }

    private func answered(_ exchange: Exchange, _ transfer: Transfer) {
        exchange.transfer = nil
        let failure = PortalFailure(transfer, ofToken: false, changesSomething: exchange.call.changesSomething)
        if let failure {
            if failure.status == 401, let tokens, let token = exchange.token, !exchange.hasRepeatedFor401 {
                // Not processed, so it can be sent again: the token may have been revoked or cut short.
                exchange.hasRepeatedFor401 = true
                tokens.reject(token)
                proceed(exchange)
            } else {
                settle(exchange, .failure(failure))
            }
            return
        }
        do throws(Wire.Problem) {
            if let answer = try read(transfer, for: exchange) {
                settle(exchange, .success(answer))
            } else {
                proceed(exchange)
            }
        } catch {
            settle(
                exchange,
                .failure(exchange.failure(.unexpectedBody, mayHaveBeenProcessed: true, detail: error.detail)))
        }
    }

    /// The answer, or nil when there are more pages.
    private func read(_ transfer: Transfer, for exchange: Exchange) throws(Wire.Problem) -> PortalAnswer? {
        let bytes = transfer.response.bytes
        switch exchange.call {
        case .search:
            switch try addPage(transfer, to: exchange) {
            case .complete: return .estates(exchange.pages.estates)
            case .more: return nil
            case .shifted:
                throw Wire.Problem(detail: "page \(exchange.pages.count) repeats estates of an earlier page")
            }
        case .changes:
            if exchange.pages.count == 0 { exchange.answeredAt = exchange.answeredAt ?? serverTime(transfer) }
            switch try addPage(transfer, to: exchange) {
            case .complete: return .changedEstates(exchange.pages.estates, at: exchange.answeredAt)
            case .more: return nil
            case .shifted:
                try exchange.pages.startOver()
                return nil
            }
        case .lookUp(_, let identity):
            return .filings(try Wire.filings(in: bytes, of: identity, total: try total(transfer)))
        case .submit, .amend, .withdraw:
            let (id, receipt) = try Wire.receipt(in: bytes)
            return .receipt(id, receipt)
        case .attach(_, _, _, let attachment, _, _):
            try Wire.checkAttached(attachment, in: bytes)
            return .attached
        }
    }

    private func addPage(
        _ transfer: Transfer, to exchange: Exchange
    ) throws(Wire.Problem) -> PagedSearch.Step {
        let estates = try Wire.estates(in: transfer.response.bytes)
        return try exchange.pages.add(estates, total: try total(transfer), pageSize: settings.pageSize)
    }

    /// The header `Date` (RFC 9110 § 6.6.1): seconds by the portal's clock.
    private func serverTime(_ transfer: Transfer) -> Timestamp? {
        guard let date = transfer.header("Date") else { return nil }
        let seconds = Int64(curl_getdate(date, nil))
        return seconds > 0 ? Timestamp(milliseconds: seconds * 1000) : nil
    }

    private func total(_ transfer: Transfer) throws(Wire.Problem) -> Int? {
        guard let text = transfer.header(Wire.totalCount) else { return nil }
        guard let total = Int(text), total >= 0 else { throw Wire.Problem(detail: "X-Total-Count is no number") }
        return total
    }

    /// Nothing of the request that would have come next has left.
    private func outOfTime(_ exchange: Exchange, now: Int64, ofToken: Bool = false) -> PortalFailure {
        now >= exchange.deadline
            ? exchange.failure(
                .notStarted, mayHaveBeenProcessed: false, detail: "the deadline passed before the request left")
            : exchange.failure(
                .timedOut, mayHaveBeenProcessed: false, ofToken: ofToken, detail: "the time for the call is over")
    }
}

/// Waiting: for a token, and for the next turn of the loop.
extension PortalClient {
    func tokenArrived(_ result: Result<AccessToken, PortalFailure>) {
        let waiters = waiting
        let checks = tokenChecks
        waiting = []
        tokenChecks = []
        let now = MonotonicClock.nanoseconds()
        switch result {
        case .success(let token):
            log(.debug, "got an access token")
            for check in checks { check(.success(max(0, token.validUntil - now) / 1_000_000_000)) }
            for exchange in waiters where !exchange.isSettled { proceed(exchange) }
        case .failure(let failure):
            log(.warning, "no access token: \(failure.detail)")
            for check in checks { check(.failure(failure)) }
            for exchange in waiters where !exchange.isSettled { settle(exchange, .failure(failure)) }
        }
    }

    /// The client's timer has come: does what was put off, and ends calls that waited for a token too long.
    func wakeUp() {
        let actions = later
        later = []
        for action in actions { action() }
        if waiting.isEmpty { return }
        let now = MonotonicClock.nanoseconds()
        let late = waiting.filter { now >= $0.expiry }
        waiting.removeAll { now >= $0.expiry || $0.isSettled }
        if let next = waiting.map(\.expiry).min() { wake(at: next) }
        for exchange in late where !exchange.isSettled {
            settle(exchange, .failure(outOfTime(exchange, now: now, ofToken: true)))
        }
    }
}
