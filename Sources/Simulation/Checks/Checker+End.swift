import Engine
import Estates

extension Checker {
    var isEverythingAnswered: Bool { answered == workload.items.count }

    /// Once all is quiet: the ledger is empty but for what is filed, and every filing is at the portal as its requests,
    /// taken one after the other, say.
    mutating func checkEnd(_ portal: ModelPortal, at now: Int64) {
        for (partition, view) in views.enumerated() {
            if !view.requests.isEmpty { fail("partition \(partition) keeps requests that are answered", at: now) }
            if !view.notifications.isEmpty { fail("partition \(partition) keeps notifications", at: now) }
        }
        for filing in workload.filings.indices where !excused.contains(filing) {
            checkSequence(filing, portal, at: now)
        }
    }

    /// An independent and much simpler idea of what requests about one filing amount to.
    private struct Reference {
        var digest: ContentsDigest?
        var isWithdrawn = false
        /// A request was filed and is a dead letter: not all of its attachments may be there.
        var isIncomplete = false
        var isLive: Bool { digest != nil && !isWithdrawn }

        mutating func apply(_ request: ClaimRequest) {
            if request.action == .withdraw {
                isWithdrawn = true
            } else {
                digest = request.digest
                isWithdrawn = false
                isIncomplete = false
            }
        }

        /// Whether the request is the one whose attachments are missing, once more.
        func completes(_ request: ClaimRequest) -> Bool {
            isLive && isIncomplete && digest == request.digest && request.action != .withdraw
        }

        /// Whether the request asks for a change that makes sense.
        func wantsCall(_ request: ClaimRequest) -> Bool {
            switch request.action {
            case .submit: !isLive
            case .amend: isLive && digest != request.digest
            case .withdraw: isLive
            }
        }
    }

    private mutating func checkSequence(_ filing: Int, _ portal: ModelPortal, at now: Int64) {
        var reference = Reference()
        var renewals = renewals[filing][...]
        for item in workload.items where item.filing == filing {
            while let next = renewals.first, item.index > next.doubtful {
                renewals.removeFirst()
                reference = Reference()
            }
            guard case .request(let request) = item.parsed, let outcome = outcomes[item.index] else { continue }
            var isRight = fits(outcome, request, reference)
            if !isRight, let next = renewals.first, item.index > next.last, fits(outcome, request, Reference()) {
                isRight = true
                renewals.removeFirst()
                reference = Reference()
            }
            if !isRight {
                fail("request \(item.index) was answered against the order of its filing's requests", at: now)
            }
            if effectOfItem[item.index] != nil {
                if !reference.wantsCall(request) { fail("request \(item.index) should not have been sent", at: now) }
                reference.apply(request)
                if case .deadLetter = outcome { reference.isIncomplete = !request.attachments.isEmpty }
            } else if case .claimReply = outcome, reference.completes(request) {
                reference.isIncomplete = false
            }
        }
        if !renewals.isEmpty { reference = Reference() }
        let live = portal.filings[filing].filter { !$0.isWithdrawn && !$0.isArchived }
        if reference.isLive != (live.count == 1) || live.count > 1 {
            fail("filing \(filing) is not at the portal as its requests say", at: now)
        }
        if let stored = live.first { checkAttachments(filing, stored, at: now) }
        if let stored = live.first, case .receivable(let amount) = stored.contents.body,
            reference.digest?.low != UInt64(amount.oere)
        {
            fail("filing \(filing) has other contents at the portal than its requests say", at: now)
        }
    }

    private func fits(_ outcome: Outcome, _ request: ClaimRequest, _ reference: Reference) -> Bool {
        switch outcome {
        case .claimReply(let reply): fits(reply.outcome, request, reference)
        case .estateReply: false
        case .deadLetter(let letter): fits(letter.failure, request, reference, outcome.isInDoubt)
        }
    }

    private func fits(_ outcome: ClaimReply.Outcome, _ request: ClaimRequest, _ reference: Reference) -> Bool {
        switch outcome {
        case .filed: request.action == .submit && (!reference.isLive || reference.completes(request))
        case .amended: request.action == .amend && (reference.wantsCall(request) || reference.completes(request))
        case .alreadyFiled:
            request.action != .withdraw && reference.isLive && reference.digest == request.digest
                && !reference.isIncomplete
        case .withdrawn: request.action == .withdraw && reference.digest != nil
        case .cancelled: request.action != .withdraw
        }
    }

    private func fits(
        _ failure: Failure, _ request: ClaimRequest, _ reference: Reference, _ isInDoubt: Bool
    ) -> Bool {
        switch failure.reason {
        case .conflictingReference where failure.status == nil:
            request.action == .submit && reference.isLive && reference.digest != request.digest
        case .unknownFiling:
            request.action != .submit && reference.digest == nil
        case .filingWithdrawn:
            request.action == .amend && reference.isWithdrawn
        case .expired, .notYetValid, .revoked, .unknownIssuer, .notRegistered, .tokenRefused, .certificateRefused,
            .certificateUnusable, .wrongHost, .serverCertificate, .unexpectedAPI, .portalUnavailable, .malformed,
            .invalidCPR, .substituteCPR, .creditorNotAllowed, .diedBeforePortal, .attachmentMismatch,
            .attachmentUnusable, .attachmentRefused, .estateAmbiguous, .estateNotFound, .estateClosed,
            .conflictingReference, .refusedByPortal:
            // Only what had to be sent can fail at the portal, unless nobody knew whether it had to be.
            isInDoubt || reference.wantsCall(request) || reference.completes(request)
        }
    }
}
