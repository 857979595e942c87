import Estates

/// A call that did not succeed, and what to do about it.
struct CallFailure: Error {
    let cause: PortalFailure
    let verdict: Verdict

    init(_ cause: PortalFailure, to purpose: CallPurpose) {
        self.init(cause, Verdict(cause, to: purpose))
    }

    private init(_ cause: PortalFailure, _ verdict: Verdict) {
        self.cause = cause
        self.verdict = verdict
    }

    /// The same, but that the request waits until it is mended if it is the same for every request.
    var held: CallFailure {
        guard case .deadLetter(let reason, let message) = verdict else { return self }
        switch reason.category {
        case .certificate, .environment: return CallFailure(cause, .hold(reason, message))
        case .validation: return self
        }
    }

    /// What it leads to when it is the so-and-so-many-th odd answer in a row to the same request: odd answers pass, unless
    /// they do not.
    func verdict(afterOddAnswers count: Int, _ settings: EngineSettings) -> Verdict {
        guard case .oddAnswer(let message) = verdict else { return verdict }
        guard count >= settings.oddAnswers else { return .retry }
        switch settings.failurePolicy {
        case .deadLetter: return .deadLetter(.unexpectedAPI, message)
        case .hold: return .hold(.unexpectedAPI, message)
        }
    }

    var isOdd: Bool { if case .oddAnswer = verdict { true } else { false } }
}
