import Driver
import Engine
import Estates
import EventLoop
import Portal

/// Files that are to be attached, looked at before the request is filed: on a thread of its own, since a file may lie on a
/// machine that does not answer.
struct FileCheck: Sendable {
    let ticket: CallTicket
    let attachments: [Attachment]

    /// The body of the thread; nil in the inbox ends it.
    static func run(
        _ settings: PortalSettings, inbox: Mailbox<FileCheck?>, done: @Sendable (CallTicket, AttachmentFailure?) -> Void
    ) {
        while true {
            for check in inbox.wait() {
                guard let check else { return }
                var failure: AttachmentFailure?
                do throws(AttachmentFailure) {
                    try AttachmentFolder.check(
                        check.attachments, in: settings.attachmentFolder, limit: settings.largestAttachment)
                } catch { failure = error }
                done(check.ticket, failure)
            }
        }
    }
}

/// A call that waits for its files to be looked at.
struct UncheckedCall {
    let call: PortalCall
    /// On the monotonic clock, in milliseconds.
    let deadline: Int64
}

extension Worker {
    /// Makes a call, once its files are known to be what they must be.
    func begin(_ ticket: CallTicket, _ call: PortalCall, deadline: Int64) {
        let files = call.attachmentsInFiles
        if files.isEmpty {
            start(ticket, call, deadline: deadline)
        } else {
            unchecked[ticket] = UncheckedCall(call: call, deadline: deadline)
            fileChecks.post(FileCheck(ticket: ticket, attachments: files))
        }
    }

    func filesChecked(_ ticket: CallTicket, _ failure: AttachmentFailure?) {
        guard let waiting = unchecked.removeValue(forKey: ticket) else { return }
        guard let failure else { return start(ticket, waiting.call, deadline: waiting.deadline) }
        log.warning("attachment.unusable", failure.detail, ["problem": .text("\(failure.problem)")])
        driver.engine.answered(
            ticket,
            .failure(
                PortalFailure(.attachment(failure.problem), mayHaveTakenEffect: false, detail: failure.detail)),
            at: now)
    }

    /// Ends calls whose files could not be looked at in time.
    func endLateChecks() {
        if unchecked.isEmpty { return }
        let time = MonotonicClock.milliseconds()
        for (ticket, waiting) in unchecked where waiting.deadline <= time {
            unchecked[ticket] = nil
            let failure = PortalFailure(
                .attachment(.unavailable), mayHaveTakenEffect: false,
                detail: "the files to be attached could not be read in time")
            driver.engine.answered(ticket, .failure(failure), at: now)
        }
    }
}

extension PortalCall {
    /// All attachments of a request that is about to be filed, if one of them is a file.
    fileprivate var attachmentsInFiles: [Attachment] {
        switch self {
        case .submit(_, _, let contents, _), .amend(_, _, _, let contents, _):
            let hasFile = contents.attachments.contains { if case .file = $0.content { true } else { false } }
            return hasFile ? contents.attachments : []
        case .search, .lookUp, .changes, .withdraw, .attach:
            return []
        }
    }
}
