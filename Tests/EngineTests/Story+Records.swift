import Engine
import Estates

extension Story {
    static var identity: FilingIdentity { identity("R-1") }

    static func identity(_ reference: String) -> FilingIdentity {
        guard let cvr = CVRNumber("97281536") else { preconditionFailure("eight digits are a number") }
        return FilingIdentity(creditor: Creditor(cvr: cvr), kind: .claim, reference: reference)
    }

    /// A request; its version stands for its contents.
    static func request(
        _ action: FilingAction, version: UInt64 = 1, offset: Int64 = 0, reference: String = "R-1",
        attachments: [String] = []
    ) -> PendingRecord {
        let contents = FilingContents(
            body: .receivable(amount: Money(oere: Int64(version))), attachments: attachments.map(attachment))
        let request = ClaimRequest(
            id: "\(offset)", action: action, identity: identity(reference), deceased: deceased,
            contents: action == .withdraw ? nil : contents, digest: digest(action == .withdraw ? 0 : version))
        return PendingRecord(record: record(.claimRequests, offset), parsed: .request(request))
    }

    /// A request about a claim.
    static func claim(
        _ action: FilingAction, version: UInt64 = 1, preliminary: Bool = false, offset: Int64 = 0,
        reference: String = "R-1"
    ) -> PendingRecord {
        let claim = Claim(principal: Money(oere: Int64(version)), preliminary: preliminary)
        let request = ClaimRequest(
            id: "\(offset)", action: action, identity: identity(reference), deceased: deceased,
            contents: action == .withdraw ? nil : FilingContents(body: .claim(claim)),
            digest: digest(action == .withdraw ? 0 : version))
        return PendingRecord(record: record(.claimRequests, offset), parsed: .request(request))
    }

    /// A request about a filing and a person of its own.
    static func request(of number: Int, offset: Int64) -> PendingRecord {
        let digits = String(number)
        guard let cpr = CPRNumber("610180" + String(repeating: "0", count: 4 - digits.count) + digits) else {
            preconditionFailure("a substitute number is valid")
        }
        let request = ClaimRequest(
            id: digits, action: .submit, identity: identity("R-\(number)"), deceased: .cpr(cpr),
            contents: FilingContents(body: .receivable(amount: Money(oere: 1))), digest: digest(1))
        return PendingRecord(record: record(.claimRequests, offset), parsed: .request(request))
    }

    /// A file of a megabyte; its name stands for its contents too.
    static func attachment(_ name: String) -> Attachment {
        Attachment(
            name: name, mediaType: "text/plain",
            digest: FileDigest(bytes: (name.utf8 + Array(repeating: 0, count: 32)).prefix(32)),
            size: 1 << 20, content: .file(name))
    }

    static func notification(offset: Int64 = 0, isWithdrawn: Bool = false) -> PendingRecord {
        PendingRecord(
            record: record(.deathNotifications, offset),
            parsed: .notification(DeathNotification(id: "n", deceased: deceased, isWithdrawn: isWithdrawn)))
    }

    static func erasure(offset: Int64) -> PendingRecord {
        PendingRecord(
            record: record(.claimRequests, offset),
            parsed: .erasure(ErasureOrder(id: "e", by: "ops@here", note: nil, mark: "4bf5")))
    }

    static func record(_ topic: InputTopic, _ offset: Int64) -> OriginalRecord {
        OriginalRecord(
            source: Source(topic: topic, partition: 0, offset: offset), timestamp: 0, key: [1], value: [2], headers: [])
    }

    static func digest(_ version: UInt64) -> ContentsDigest { ContentsDigest(high: 1, low: version) }

    static func filed(version: UInt64 = 1, isWithdrawn: Bool = false) -> Filed {
        Filed(
            estate: estate, filing: FilingID("F1"), receipt: Receipt(id: "K1", receivedAt: "then"),
            digest: digest(version), revision: 1, isWithdrawn: isWithdrawn)
    }

    static func stored(
        _ id: String, receipt: String, isWithdrawn: Bool = false, attached: [String] = [], version: Int64? = nil
    ) -> FiledRecord {
        FiledRecord(
            id: FilingID(id), receipt: Receipt(id: receipt, receivedAt: "then"), isWithdrawn: isWithdrawn,
            attached: attached.map { attachment($0).attached },
            contents: version.map { FilingContents(body: .receivable(amount: Money(oere: $0))) })
    }

    /// A ledger with one filing and its pending requests.
    static func ledger(
        _ state: FilingEntry.State, _ pending: [PendingRecord] = [], filed: Filed? = nil, lease: Int64? = nil,
        _ change: (inout FilingEntry) -> Void = { _ in }
    ) -> RestoredPartition {
        var contents = RestoredPartition()
        let accepted = Timestamp(milliseconds: 1_700_000_000_000)
        var entry = FilingEntry(
            identity: identity, state: state, lease: lease,
            requests: pending.map { QueuedRequest(offset: $0.record.source.offset, acceptedAt: accepted) }, filed: filed
        )
        change(&entry)
        contents.add(entry)
        for item in pending { contents.requests[item.record.source] = item }
        contents.positions = [.claimRequests: (pending.map(\.record.source.offset).max() ?? -1) + 1]
        return contents
    }

    /// A request was sent and its answer was lost.
    static func withLostAnswer(_ change: (inout EngineSettings) -> Void = { _ in }) -> Story {
        var story = Story(change)
        story.own()
        story.receive(request(.submit))
        story.findEstates()
        story.commit()
        story.fail(.timedOut, mayHaveTakenEffect: true)
        story.commit()
        return story
    }
}
