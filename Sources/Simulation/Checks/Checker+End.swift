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
        if mode == .shadow { checkUntouched(portal, at: now) }
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
        /// Whether a request may fail on the way to being looked up, when nothing is known of the filing or of its contents.
        var mayBeLookedUp = false
        /// It is still as somebody else has filed it.
        var isByHand = false
        /// Whether somebody has said that the person lives: then anything may be cancelled.
        var isCorrected = false
        /// Requests that stood together before anything was sent, and end in the same way.
        var group: Group?

        struct Group {
            var digest: ContentsDigest
            let action: FilingAction
            /// Of all; nil when they are cancelled.
            let failure: Failure?
        }

        mutating func apply(_ request: ClaimRequest) {
            isByHand = false
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

        /// Whether it may be one of those that ended together: it changes what stands there, or says it again.
        func isOfGroup(_ request: ClaimRequest, _ failure: Failure?) -> Bool {
            guard let group, group.failure == failure else { return false }
            return request.action == .amend || request.action == .submit && request.digest == group.digest
        }

        /// Whether what stood before was cancelled, so that this may be what cancelled it.
        var isGroupCancelled: Bool { group.map { $0.failure == nil } ?? false }

        /// Notes that a request has ended without effect.
        mutating func note(_ request: ClaimRequest, _ outcome: Outcome) {
            let failure: Failure?
            switch outcome {
            case .claimReply(let reply) where reply.outcome == .cancelled: failure = nil
            case .deadLetter(let letter): failure = letter.failure
            case .claimReply, .estateReply:
                group = nil
                return
            }
            if request.action == .withdraw {
                group = nil
            } else if isOfGroup(request, failure) {
                group?.digest = request.digest
            } else {
                let group = Group(digest: request.digest, action: request.action, failure: failure)
                self.group = wantsCall(request) ? group : nil
                if request.action == .submit, failure == nil, !isLive { isWithdrawn = true }
            }
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
        let blank = Reference(mayBeLookedUp: workload.isFiledByHand)
        var reference = blank
        // What somebody has filed counts from when it is found.
        var byHand = workload.filedByHand[filing].map {
            Reference(digest: $0.digest, isWithdrawn: $0.isWithdrawn, mayBeLookedUp: true, isByHand: true)
        }
        var renewals = renewals[filing][...]
        for item in workload.items where item.filing == filing {
            while let next = renewals.first, item.index > next.doubtful {
                renewals.removeFirst()
                reference = blank
                byHand = nil
            }
            guard case .request(let request) = item.parsed, let outcome = outcomes[item.index] else { continue }
            if let found = byHand, effectOfItem[item.index] != nil {
                reference = found
                byHand = nil
            }
            reference.isCorrected = isCorrected(item, at: now)
            var afresh = blank
            afresh.isCorrected = reference.isCorrected
            let mayBeAfresh = renewals.first.map { item.index > $0.last } ?? false
            // What is filed is answered at once, and leaves nothing to cancel.
            let isCancelledAfresh = mayBeAfresh && outcome.isCancelled && reference.isLive
            var isRight =
                fits(outcome, request, reference) && !(byHand != nil && outcome.isUnknownFiling) && !isCancelledAfresh
            if !isRight, var found = byHand {
                found.isCorrected = reference.isCorrected
                if fits(outcome, request, found) {
                    isRight = true
                    reference = found
                    byHand = nil
                }
            }
            if !isRight, mayBeAfresh, fits(outcome, request, afresh) {
                isRight = true
                renewals.removeFirst()
                reference = afresh
                byHand = nil
            }
            if !isRight, isCancelledAfresh { isRight = fits(outcome, request, reference) }
            if !isRight {
                fail(
                    "request \(item.index) was answered against the order of its filing's requests: "
                        + story(of: filing, until: item.index), at: now)
            }
            if let group = reference.group, group.failure == nil, request.action != .withdraw,
                !reference.isCorrected, !reference.isOfGroup(request, nil) || !outcome.isCancelled
            {
                fail("request \(item.index) is not cancelled as the one before it", at: now)
            }
            if effectOfItem[item.index] == nil {
                reference.note(request, outcome)
                if case .claimReply = outcome, !outcome.isCancelled, reference.completes(request) {
                    reference.isIncomplete = false
                }
            } else {
                reference.group = nil
                let isRepetition = request.action != .withdraw && reference.digest == request.digest
                if !reference.wantsCall(request), !isRepetition {
                    fail("request \(item.index) should not have been sent", at: now)
                }
                reference.apply(request)
                if case .deadLetter = outcome { reference.isIncomplete = !request.attachments.isEmpty }
            }
        }
        if let group = reference.group, group.failure == nil,
            let last = workload.items.last(where: { $0.filing == filing }), !isCorrected(last, at: now)
        {
            fail("filing \(filing) was cancelled and not withdrawn", at: now)
        }
        if mode == .shadow { return }
        if !renewals.isEmpty {
            reference = blank
        } else if let byHand {
            reference = byHand
        }
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

    /// What became of the last requests up to one, in a few words each.
    private func story(of filing: Int, until last: Int) -> String {
        workload.items.filter { $0.filing == filing && $0.index <= last }.suffix(8).map { item in
            guard case .request(let request) = item.parsed, let outcome = outcomes[item.index] else { return "?" }
            let effect = effectOfItem[item.index].map { " by \($0.receipt.id)" } ?? ""
            return
                "\(item.index) \(request.action) \(request.digest.high)/\(request.digest.low) \(outcome.label)\(effect)"
        }.joined(separator: ", ")
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
        case .filed, .wouldFile: request.action == .submit && (!reference.isLive || reference.completes(request))
        case .amended, .wouldAmend:
            request.action == .amend && (reference.wantsCall(request) || reference.completes(request))
        case .alreadyFiled:
            request.action != .withdraw && reference.isLive && reference.digest == request.digest
                && !reference.isIncomplete
        case .withdrawn, .wouldWithdraw: request.action == .withdraw && reference.digest != nil
        case .cancelled:
            switch request.action {
            case .submit, .amend:
                reference.isOfGroup(request, nil) || reference.wantsCall(request) || reference.isCorrected
            // Of what was not sent, or once more; or of what was to be filed anew after a withdrawal.
            case .withdraw: reference.isWithdrawn && (reference.digest == nil || reference.isGroupCancelled)
            }
        }
    }

    private func fits(
        _ failure: Failure, _ request: ClaimRequest, _ reference: Reference, _ isInDoubt: Bool
    ) -> Bool {
        switch failure.reason {
        case .conflictingReference where failure.status == nil:
            request.action == .submit && reference.isLive && reference.digest != request.digest
        case .unknownFiling:
            // What was cancelled while an earlier one was in doubt is not remembered.
            request.action != .submit && reference.digest == nil && (!reference.isWithdrawn || reference.isCorrected)
        case .filingWithdrawn:
            request.action == .amend && reference.isWithdrawn
        case .expired, .notYetValid, .revoked, .unknownIssuer, .notRegistered, .tokenRefused, .certificateRefused,
            .certificateUnusable, .wrongHost, .tokenForOtherEnvironment, .serverCertificate, .unexpectedAPI,
            .portalUnavailable, .malformed,
            .invalidCPR, .substituteCPR, .creditorNotAllowed, .diedBeforePortal, .attachmentMismatch,
            .attachmentUnusable, .attachmentRefused, .estateAmbiguous, .estateNotFound, .estateClosed,
            .conflictingReference, .refusedByPortal:
            // Only what had to be sent can fail at the portal, unless nobody knew whether it had to be.
            isInDoubt || reference.mayBeLookedUp && (reference.digest == nil || reference.isByHand)
                || reference.wantsCall(request)
                || reference.completes(request)
                || reference.isOfGroup(request, failure)
        }
    }
}

extension Outcome {
    fileprivate var label: String {
        switch self {
        case .claimReply(let reply): reply.outcome.rawValue
        case .estateReply: "estate"
        case .deadLetter(let letter): letter.failure.reason.rawValue
        }
    }

    fileprivate var isUnknownFiling: Bool {
        if case .deadLetter(let letter) = self { letter.failure.reason == .unknownFiling } else { false }
    }

    fileprivate var isCancelled: Bool {
        if case .claimReply(let reply) = self { reply.outcome == .cancelled } else { false }
    }
}
