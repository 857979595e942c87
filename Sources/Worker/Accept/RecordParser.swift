import Engine
import Estates
import JSON

/// Reads request records: strict about what is needed, tolerant of what it does not know.
///
/// It depends on nothing but the record and these two, so the same record is always read the same way: after a
/// restart the ledger's copy is read again.
struct RecordParser: Sendable {
    /// Substitute CPR numbers and test organisations' CVR numbers are let through outside production only.
    let isProduction: Bool
    /// In bytes.
    var largestAttachment: Int64 = 20 << 20

    func parse(_ record: OriginalRecord) -> ParsedRecord {
        do throws(Refusal) {
            guard let key = record.key else {
                throw Refusal(.malformed, "the record has no key; it must be the deceased's pseudonym")
            }
            let document = try RequestDocument(record)
            let root = document.root
            guard root.kind == .object else {
                throw Refusal(.malformed, "the value is a JSON \(root.kind.rawValue), and must be an object")
            }
            switch record.source.topic {
            case .claimRequests where root["action"]?.string == ErasureOrder.action:
                return .erasure(try ErasureOrder(root, key: key))
            case .claimRequests:
                return .request(try claimRequest(root, AttachmentsParser(document: document, limit: largestAttachment)))
            case .deathNotifications: return .notification(try deathNotification(root))
            }
        } catch {
            return .rejected(Failure(error.reason, stage: .parse, message: error.message))
        }
    }

    private func claimRequest(
        _ root: JSONValue, _ attachments: AttachmentsParser
    ) throws(Refusal) -> ClaimRequest {
        let fields = Fields(root, at: "")
        let id = try fields.text("id")
        let action = try fields.choice("action", FilingAction.self) ?? .submit
        guard let kind = try fields.choice("kind", FilingKind.self) else { throw Refusal.missing("kind") }
        let reference = try fields.text("reference", longest: 200)
        let identity = FilingIdentity(
            creditor: try creditor(try fields.object("creditor")), kind: kind, reference: reference)
        let place = try fields.object("deceased")
        let deceased = try deceased(place)
        let contents = action == .withdraw ? nil : try ContentsParser.contents(kind, fields, attachments)
        return ClaimRequest(
            id: id, action: action, identity: identity, deceased: deceased, diedOn: try dateOfDeath(place),
            contents: contents, digest: ContentsDigest(of: contents, deceased: deceased))
    }

    private func deathNotification(_ root: JSONValue) throws(Refusal) -> DeathNotification {
        let fields = Fields(root, at: "")
        return DeathNotification(
            id: try fields.text("id"), deceased: try deceased(fields), previous: try cpr("previousCpr", fields),
            diedOn: try dateOfDeath(fields), isWithdrawn: try fields.boolean("withdrawn") ?? false)
    }

    private func creditor(_ fields: Fields) throws(Refusal) -> Creditor {
        guard let number = try cvr("cvr", fields) else { throw Refusal.missing(fields.path("cvr")) }
        let other = try cvr("onBehalfOf", fields)
        // It would be another filing than the same one without it.
        if other == number {
            throw Refusal(.malformed, "\(fields.path("onBehalfOf")): is the creditor itself; leave it out")
        }
        return Creditor(cvr: number, onBehalfOf: other)
    }

    private func cvr(_ name: StaticString, _ fields: Fields) throws(Refusal) -> CVRNumber? {
        guard let text = try fields.optionalText(name) else { return nil }
        guard let number = CVRNumber(text) else {
            throw Refusal(.malformed, "\(fields.path(name)): must be eight digits")
        }
        if isProduction, !number.passesModulus11 {
            throw Refusal(.malformed, "\(fields.path(name)): is no CVR number; its check digit is wrong")
        }
        return number
    }

    private func deceased(_ fields: Fields) throws(Refusal) -> Deceased {
        if let number = try cpr("cpr", fields) { return .cpr(number) }
        guard fields.has("name") else {
            throw Refusal(.malformed, "\(fields.path("cpr")): missing; give it, or name and address")
        }
        let address = try fields.object("address")
        return .nameAndAddress(
            NameAndAddress(
                name: try fields.text("name"), street: try address.text("street"),
                houseNumber: try address.text("houseNumber"), postalCode: try address.text("postalCode"),
                city: try address.text("city")))
    }

    private func cpr(_ name: StaticString, _ fields: Fields) throws(Refusal) -> CPRNumber? {
        guard let text = try fields.optionalText(name) else { return nil }
        // The number itself is never quoted.
        guard let cpr = CPRNumber(text) else {
            throw Refusal(
                .invalidCPR, "\(fields.path(name)): must be DDMMYYNNNN or DDMMYY-NNNN with a date that exists")
        }
        if isProduction, cpr.isSubstitute {
            throw Refusal(
                .substituteCPR,
                "\(fields.path(name)): is a substitute number (60 added to the day), which no real person has")
        }
        return cpr
    }

    /// The portal takes estates of those who died on 2022-11-15 or later, in five pilot courts on 2022-10-04 or later
    /// (domstol.dk). Who died before that for certain is refused; in between, the search tells.
    ///
    /// - Returns: the latest day that it can have been, if anything is known.
    private func dateOfDeath(_ fields: Fields) throws(Refusal) -> CalendarDate? {
        guard let text = try fields.optionalText("dateOfDeath") else { return nil }
        guard let latest = CalendarDate.latest(text) else {
            throw Refusal(
                .malformed, "\(fields.path("dateOfDeath")): must be YYYY-MM-DD, or YYYY-MM or YYYY if no more is known")
        }
        if let pilot = CalendarDate(year: 2022, month: 10, day: 4), latest < pilot {
            throw Refusal(
                .diedBeforePortal,
                "\(fields.path("dateOfDeath")): before 2022-10-04, so the court takes the claim by mail only")
        }
        return latest
    }
}
