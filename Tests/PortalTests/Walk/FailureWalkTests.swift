import Engine
import Estates
import Portal
import Testing

/// The walk through everything that a call can meet, with real sockets and real TLS, from the first byte to what it leads to.
@Suite(.serialized) struct FailureWalkTests {
    @Test(arguments: WalkSteps.all) func eachFailureIsToldApart(_ step: WalkStep) throws {
        for call in [PortalCall.submit, .search] {
            let failure = try #require(try step.fail(call))
            #expect(CallFailureKind(failure) == step.kind, "\(failure)")
            #expect(failure.ofToken == step.ofToken)
            #expect(failure.mayHaveTakenEffect == (call.changesSomething && step.mayHaveTakenEffect), "\(failure)")
            for secret in ["Vedligeholdelse", "D-1", "secret", PortalCall.cpr, "6101901234"] {
                #expect(!failure.detail.contains(secret))
            }
        }
    }

    /// Each status there is, with a body and without, HTML and JSON, for all sorts of calls.
    @Test(arguments: ["", #"{"kode":"X","besked":"6101901234"}"#, "<html>403 Forbidden</html>"])
    func eachStatusIsToldApartWhateverItsBody(body: String) throws {
        let statuses = (300...599).filter { $0 != 304 || body.isEmpty }
        let server = ScriptedServer { request in
            .json(statuses[(request.number - 1) / 3], body, ["Location: https://elsewhere.invalid/"])
        }
        defer { server.stop() }
        let harness = try Harness(server)
        for status in statuses {
            for call in [PortalCall.search, .lookUp, .submit] {
                let failure = try #require(harness.failure(call))
                #expect(CallFailureKind(failure) == FailureWalkTests.kind(status), "\(status) \(failure)")
                #expect(failure.status == (status < 400 ? nil : status))
                let mayHave =
                    call.changesSomething && (status >= 500 || (status < 400 && ![301, 307, 308].contains(status)))
                #expect(failure.mayHaveTakenEffect == mayHave, "\(status)")
                #expect(!failure.detail.contains("6101901234"))
            }
        }
        #expect(server.requests.count == 3 * statuses.count)
    }

    /// What the walk does not meet by name, it meets by status: nothing of the table is left out.
    @Test func theWalkMeetsEveryRowOfTheTable() {
        let walked = Set(WalkSteps.all.map(\.kind)).union((300...599).map(FailureWalkTests.kind))
        for kind in CallFailureKind.allCases { #expect(walked.contains(kind), "\(kind)") }
    }

    /// `certificate` means ours; a bad certificate of the server, another environment's token and whoever answers in the
    /// portal's place are `environment`.
    @Test func whoseFaultItIs() {
        let certificate: Set<CallFailureKind> = [
            .certificateUnusable, .alertExpired, .alertRevoked, .alertUnknownIssuer, .alertRequired, .alertOther,
            .forbidden,
            .tokenRefused,
        ]
        let environment: Set<CallFailureKind> = [
            .serverCertificate, .redirected, .unauthorized, .otherStatus, .unsupportedMediaType,
        ]
        for kind in CallFailureKind.allCases {
            let category: FailureCategory? =
                if case .deadLetter(let reason) = kind.ofChange { reason.category } else { nil }
            let expected: FailureCategory? =
                certificate.contains(kind) ? .certificate : environment.contains(kind) ? .environment : nil
            #expect(category == expected || category == .validation && expected == nil, "\(kind)")
            #expect((kind.ofGate.change == .closesAtOnce) == (expected != nil), "\(kind)")
        }
    }

    private static func kind(_ status: Int) -> CallFailureKind {
        switch status {
        case 300...399: .redirected
        case 400, 422: .badRequest
        case 401: .unauthorized
        case 403: .forbidden
        case 404: .notFound
        case 408, 425: .requestTimeout
        case 409: .conflict
        case 410: .gone
        case 413: .tooLarge
        case 415: .unsupportedMediaType
        case 429: .tooManyRequests
        case 500...599: .serverError
        default: .otherStatus
        }
    }
}
