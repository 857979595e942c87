import Estates
import Testing

@testable import Engine

struct ClassificationTests {
    struct Row: CustomTestStringConvertible {
        let cause: PortalFailure.Cause
        let search: String
        let lookUp: String
        let change: String
        var ofToken = false
        var testDescription: String { "\(cause)\(ofToken ? " of the token" : "")" }
    }

    static let everywhere: [(PortalFailure.Cause, String)] = [
        (.notStarted, "retry"), (.nameNotResolved, "retry"), (.connectionRefused, "retry"),
        (.connectTimedOut, "retry"), (.tlsFailed, "retry"), (.timedOut, "retry"), (.connectionLost, "retry"),
        (.clientCertificateUnusable, "certificate-unusable"), (.serverCertificateRefused, "server-certificate"),
        (.clientCertificateRefused(.expired), "expired"), (.clientCertificateRefused(.revoked), "revoked"),
        (.clientCertificateRefused(.unknownIssuer), "unknown-issuer"),
        (.clientCertificateRefused(.required), "certificate-refused"),
        (.clientCertificateRefused(.other), "certificate-refused"),
        (.redirected, "wrong-host"), (.unexpectedBody, "odd"), (.bodyTooLarge, "odd"),
        (.status(401, code: nil), "token-for-other-environment"), (.status(403, code: nil), "not-registered"),
        (.status(408, code: nil), "retry"), (.status(425, code: nil), "retry"), (.status(429, code: nil), "retry"),
        (.status(500, code: nil), "retry"), (.status(503, code: nil), "retry"), (.status(599, code: nil), "retry"),
        (.status(418, code: nil), "unexpected-api"),
    ]

    static let rows: [Row] =
        everywhere.map { Row(cause: $0, search: $1, lookUp: $1, change: $1) } + [
            Row(cause: .status(404, code: nil), search: "unexpected-api", lookUp: "seek", change: "seek"),
            Row(cause: .status(409, code: nil), search: "unexpected-api", lookUp: "unexpected-api", change: "there"),
            Row(cause: .status(410, code: nil), search: "unexpected-api", lookUp: "gone", change: "gone"),
            Row(
                cause: .status(400, code: nil), search: "refused-by-portal", lookUp: "unexpected-api",
                change: "refused-by-portal"),
            Row(
                cause: .status(422, code: nil), search: "refused-by-portal", lookUp: "unexpected-api",
                change: "refused-by-portal"),
            Row(
                cause: .status(413, code: nil), search: "unexpected-api", lookUp: "unexpected-api",
                change: "refused-by-portal"),
            Row(
                cause: .status(400, code: nil), search: "token-refused", lookUp: "token-refused",
                change: "token-refused", ofToken: true),
            Row(cause: .status(503, code: nil), search: "retry", lookUp: "retry", change: "retry", ofToken: true),
        ]

    @Test(arguments: rows)
    func everyCauseHasItsVerdict(_ row: Row) {
        let failure = PortalFailure(row.cause, ofToken: row.ofToken, mayHaveTakenEffect: false)
        #expect(word(Verdict(failure, to: .search)) == row.search)
        #expect(word(Verdict(failure, to: .lookUp)) == row.lookUp)
        #expect(word(Verdict(failure, to: .change)) == row.change)
    }

    private func word(_ verdict: Verdict) -> String {
        switch verdict {
        case .retry: "retry"
        case .deadLetter(let reason, _): reason.rawValue
        case .oddAnswer: "odd"
        case .hold: "hold"
        case .seekAgain: "seek"
        case .alreadyThere: "there"
        case .gone: "gone"
        case .refused: "refused"
        }
    }
}
