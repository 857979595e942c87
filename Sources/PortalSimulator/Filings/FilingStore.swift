import Estates

/// All filings, and every event that touched one: the evidence for the audit.
///
/// Rows refer to each other by their place and texts lie in one arena, so that a run of a million filings fits a laptop.
struct FilingStore: Sendable {
    private(set) var filings: [FilingRow] = []
    private(set) var identities: [IdentityRow] = []
    private(set) var events: [EventRow] = []
    private(set) var attachments: [UInt32: [AttachmentRow]] = [:]
    /// Those that were given to a filing while the simulator runs.
    private(set) var statuses: [UInt32: String] = [:]
    private(set) var texts = ByteArena()
    private(set) var counts = Counts()
    private var identityByName: [SHA256Digest.Key: UInt32] = [:]
    private var eventByKey: [SHA256Digest.Key: UInt32] = [:]
    /// Of attachments within their filings.
    private var numberByKey: [SHA256Digest.Key: Int] = [:]

    /// The totals of the audit.
    struct Counts: Sendable {
        var creates = 0
        var duplicates = 0
        var amends = 0
        var withdrawals = 0
        var attachments = 0
        var duplicateAttachments = 0
    }

    /// What a change needs to know beside the filing.
    struct Stamp {
        let milliseconds: Int64
        let idempotencyKey: String
        let digest: SHA256Digest
    }

    /// The identity of that shape, when it was ever filed.
    func identity(_ shape: FilingShape, _ kind: FilingKind) -> UInt32? {
        var next = identityByName[Self.key(kind, shape.creditor, shape.reference)]
        while let index = next {
            if texts.text(identities[Int(index)].onBehalfOf) == shape.onBehalfOf { return index }
            next = identities[Int(index)].sibling
        }
        return nil
    }

    /// Filings of that creditor and reference, on whose behalf ever, oldest first.
    func filings(_ kind: FilingKind, creditor: String, reference: String) -> [UInt32] {
        var found: [UInt32] = []
        var next = identityByName[Self.key(kind, creditor, reference)]
        while let index = next {
            var filing: UInt32? = identities[Int(index)].lastFiling
            while let here = filing {
                found.append(here)
                filing = filings[Int(here)].previous
            }
            next = identities[Int(index)].sibling
        }
        return found.sorted()
    }

    /// The event that this key caused before, when idempotency is on.
    func event(idempotencyKey: String) -> UInt32? {
        eventByKey[SHA256Digest(of: idempotencyKey.utf8).high]
    }

    mutating func remember(_ event: UInt32, idempotencyKey: String) {
        eventByKey[SHA256Digest(of: idempotencyKey.utf8).high] = event
    }

    /// Stores a filing and returns the event.
    mutating func create(
        _ shape: FilingShape, _ kind: FilingKind, estate: SHA256Digest.Key, contents: some Collection<UInt8>,
        _ stamp: Stamp
    ) -> UInt32 {
        let filing = UInt32(filings.count)
        let event = append(.create, filing, stamp)
        let known = identity(shape, kind)
        let identity = known ?? UInt32(identities.count)
        filings.append(
            FilingRow(
                identity: identity, kind: kind, estate: estate, contents: texts.store(contents), lastEvent: event,
                previous: known.map { identities[Int($0)].lastFiling }))
        if let known {
            identities[Int(known)].lastFiling = filing
            if identities[Int(known)].active > 0 { counts.duplicates += 1 }
            identities[Int(known)].active += 1
            link(event, to: known)
        } else {
            let key = Self.key(kind, shape.creditor, shape.reference)
            identities.append(
                IdentityRow(
                    name: texts.store(Self.name(kind, shape)), onBehalfOf: texts.store(shape.onBehalfOf.utf8),
                    firstEvent: event, lastEvent: event, lastFiling: filing, active: 1,
                    sibling: identityByName[key]))
            identityByName[key] = identity
        }
        counts.creates += 1
        return event
    }

    /// Replaces a filing's contents.
    mutating func amend(_ filing: UInt32, contents: some Collection<UInt8>, _ stamp: Stamp) -> UInt32 {
        filings[Int(filing)].contents = texts.store(contents)
        counts.amends += 1
        return change(.amend, filing, stamp)
    }

    mutating func withdraw(_ filing: UInt32, _ stamp: Stamp) -> UInt32 {
        filings[Int(filing)].withdrawn = true
        identities[Int(filings[Int(filing)].identity)].active -= 1
        counts.withdrawals += 1
        return change(.withdraw, filing, stamp)
    }

    /// Gives the filing another status.
    mutating func setStatus(_ status: String, of filing: UInt32) { statuses[filing] = status }

    /// Keeps an attachment's digest and returns its number within the filing.
    ///
    /// - Parameter idempotencyKey: when idempotency is on.
    mutating func attach(_ attachment: AttachmentRow, to filing: UInt32, idempotencyKey: String?) -> Int {
        counts.attachments += 1
        let before = attachments[filing, default: []]
        if before.contains(where: { $0.digest == attachment.digest && $0.name == attachment.name }) {
            counts.duplicateAttachments += 1
        }
        attachments[filing, default: []].append(attachment)
        if let idempotencyKey { numberByKey[SHA256Digest(of: idempotencyKey.utf8).high] = before.count + 1 }
        return before.count + 1
    }

    /// The number that an attachment got when it came with this key before.
    func attached(_ attachment: AttachmentRow, to filing: UInt32, idempotencyKey: String?) -> Int? {
        guard let idempotencyKey, let number = numberByKey[SHA256Digest(of: idempotencyKey.utf8).high],
            let row = attachments[filing]?.dropFirst(number - 1).first, row.digest == attachment.digest
        else { return nil }
        return number
    }

    private mutating func change(_ change: EventRow.Change, _ filing: UInt32, _ stamp: Stamp) -> UInt32 {
        let event = append(change, filing, stamp)
        filings[Int(filing)].lastEvent = event
        link(event, to: filings[Int(filing)].identity)
        return event
    }

    private mutating func append(_ change: EventRow.Change, _ filing: UInt32, _ stamp: Stamp) -> UInt32 {
        let key = texts.store(stamp.idempotencyKey.utf8)
        events.append(
            EventRow(
                change: change, filing: filing, milliseconds: stamp.milliseconds, idempotencyKey: key,
                digest: stamp.digest))
        return UInt32(events.count - 1)
    }

    private mutating func link(_ event: UInt32, to identity: UInt32) {
        events[Int(identities[Int(identity)].lastEvent)].next = event
        identities[Int(identity)].lastEvent = event
    }

    private static func key(_ kind: FilingKind, _ creditor: String, _ reference: String) -> SHA256Digest.Key {
        SHA256Digest(of: "\(kind.rawValue) \(creditor) \(reference)".utf8).high
    }
}
