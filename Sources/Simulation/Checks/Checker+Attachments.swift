import Engine
import Estates

extension Checker {
    /// An upload starts: the ledger must say that this attachment may be sent, and for long enough.
    mutating func uploadStarts(
        _ attachment: Attachment, of identity: FilingIdentity, _ worker: Int, deadline: Int64, at now: Int64
    ) {
        guard let filing = workload.filingIndex[identity], let (intent, item) = uploadIntent(filing, worker),
            let upload = intent.upload, case .request(let request) = item.parsed,
            request.attachments.indices.contains(upload), request.attachments[upload] == attachment
        else {
            fail("the upload of \(attachment.name) started without a committed intent", at: now)
            return
        }
        if deadline > intent.takenAt + intent.lease {
            fail("the upload of \(attachment.name) may run beyond its lease", at: now)
        }
        if outcomes[item.index] != nil { fail("an upload for request \(item.index), which is answered", at: now) }
        if effects[filing].isEmpty { fail("an upload to a filing that is not there", at: now) }
    }

    /// What the ledger lets a worker upload, and the request that wants it.
    func uploadIntent(_ filing: Int, _ worker: Int) -> (intent: Intent, item: Item)? {
        guard let intent = intents[filing].first(where: { $0.worker == worker }), intent.upload != nil,
            let item = workload.item(.claimRequests, workload.partition(ofFiling: filing), offset: intent.newest)
        else { return nil }
        return (intent, item)
    }

    /// The portal has stored an attachment: once, and one that was asked for.
    mutating func attached(_ attachment: Attachment, filing: Int, besides others: [AttachedFile], at now: Int64) {
        guard !excused.contains(filing) else { return }
        if others.contains(attachment.attached) {
            fail("duplicate: attachment \(attachment.name) of filing \(filing) was stored twice", at: now)
        }
        // What is asked for may come again by a request that changes nothing else.
        guard let last = effects[filing].last, attachments(of: last.item).contains(attachment) else {
            // Its request was given up meanwhile, and another has taken effect.
            if let item = lateUploads[filing]?[attachment.attached], outcomes[item]?.isNotSent == true {
                excused.insert(filing)
                return
            }
            fail("filing \(filing) got an attachment that its last request does not ask for", at: now)
            return
        }
        attachedTo[filing, default: []].insert(attachment.attached)
    }

    /// A request is answered as done: all of its attachments are there.
    mutating func checkComplete(_ reply: ClaimReply, to item: Item, at now: Int64) {
        guard reply.outcome != .withdrawn, let filing = item.filing else { return }
        let there = attachedTo[filing, default: []]
        for attachment in reply.request.attachments where !there.contains(attachment.attached) {
            fail("request \(item.index) was answered without attachment \(attachment.name)", at: now)
        }
    }

    /// A dead letter for an attachment has the receipt of the filing, which took effect.
    mutating func checkReceipt(_ letter: DeadLetter, of item: Item, at now: Int64) {
        guard let filing = item.filing, !excused.contains(filing) else { return }
        guard let last = effects[filing].last, letter.filed?.receipt == last.receipt else {
            fail("the receipt of request \(item.index) was lost over an attachment", at: now)
            return
        }
        if effectOfItem[item.index]?.receipt != last.receipt, !completes(item, last.item) {
            fail("request \(item.index) failed with an attachment of request \(last.item)", at: now)
        }
    }

    /// Whether the request asks for the same as an earlier one that was filed, and for the attachments that it lacks.
    func completes(_ item: Item, _ earlier: Int) -> Bool {
        guard earlier >= 0, case .request(let request) = item.parsed,
            case .request(let first) = workload.items[earlier].parsed
        else { return false }
        return earlier < item.index && request.digest == first.digest && !request.attachments.isEmpty
    }

    /// Once all is quiet, nothing is attached but what was asked for, and each once.
    mutating func checkAttachments(_ filing: Int, _ stored: ModelPortal.StoredFiling, at now: Int64) {
        if Set(stored.attached).count != stored.attached.count {
            fail("filing \(filing) has an attachment twice", at: now)
        }
        let asked = Set(effects[filing].flatMap { attachments(of: $0.item) }.map(\.attached))
        if !asked.isSuperset(of: stored.attached) {
            fail("filing \(filing) has attachments that nobody asked for", at: now)
        }
    }

    private func attachments(of item: Int) -> [Attachment] {
        if case .request(let request) = workload.items[item].parsed { request.attachments } else { [] }
    }
}
