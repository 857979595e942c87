import Estates
import JSON

extension Wire {
    /// One page of a search.
    static func estates(in bytes: UnsafeRawBufferPointer) throws(Problem) -> [Estate] {
        var estates: [Estate] = []
        for item in try elements(in: bytes) { estates.append(try estate(item)) }
        return estates
    }

    /// What the creditor has filed under the reference. The portal filters too, but a filing that is not ours must never be
    /// taken for ours, whatever it makes of the parameters.
    ///
    /// - Parameter total: `X-Total-Count`, if it came. A look-up has no pages, and must not conclude "not filed" from a part.
    static func filings(
        in bytes: UnsafeRawBufferPointer, of identity: FilingIdentity, total: Int?
    ) throws(Problem) -> [FiledRecord] {
        var records: [FiledRecord] = []
        let items = try elements(in: bytes)
        if let total, total > items.count { throw Problem(detail: "the list is shorter than X-Total-Count says") }
        for item in items {
            guard try text(item["reference"], "reference") == identity.reference else { continue }
            let creditor = item["kreditor"]
            guard try text(creditor?["cvrNummer"], "kreditor.cvrNummer") == identity.creditor.cvr.digits,
                creditor?["paaVegneAf"]?.string == identity.creditor.onBehalfOf?.digits
            else { continue }
            let (id, receipt) = try filed(item)
            let status = try text(item["status"], "status")
            records.append(
                FiledRecord(
                    id: id, receipt: receipt, isWithdrawn: status == "slettet", status: status,
                    attached: try attached(item), contents: contents(item, identity.kind)))
        }
        return records
    }

    /// The answer to a change.
    static func receipt(in bytes: UnsafeRawBufferPointer) throws(Problem) -> (FilingID, Receipt) {
        try filed(try parse(bytes))
    }

    private static func filed(_ item: JSONValue) throws(Problem) -> (FilingID, Receipt) {
        let receipt = item["kvittering"]
        return (
            FilingID(try text(item["id"], "id")),
            Receipt(
                id: try text(receipt?["id"], "kvittering.id"),
                receivedAt: try text(receipt?["modtaget"], "kvittering.modtaget"))
        )
    }

    private static func estate(_ item: JSONValue) throws(Problem) -> Estate {
        var court: Court?
        if let district = item["retskreds"] {
            court = Court(
                code: try text(district["kode"], "retskreds.kode"), name: try text(district["navn"], "retskreds.navn"))
        }
        let status = item["status"]?.string
        let treatment = item["behandlingsform"]?.string
        return Estate(
            id: EstateID(try text(item["doedsbojournalId"], "doedsbojournalId")), court: court,
            status: status, treatment: treatment,
            noticeDate: item["proklama"]?["dato"]?.string.flatMap { CalendarDate($0) },
            dateOfDeath: item["afdoed"]?["doedsdato"]?.string.flatMap { CalendarDate($0) },
            isClosed: status.map(closed.contains) ?? false,
            isInsolvent: treatment.map(Estate.isInsolvency) ?? false)
    }

    /// What the portal calls an estate that the court is done with.
    private static let closed: Set<String> = ["afsluttet", "lukket"]

    private static func elements(in bytes: UnsafeRawBufferPointer) throws(Problem) -> [JSONValue] {
        guard let elements = try parse(bytes).elements else { throw Problem(detail: "the body is no JSON array") }
        return elements
    }

    static func parse(_ bytes: UnsafeRawBufferPointer) throws(Problem) -> JSONValue {
        do {
            return try JSONDocument(parsing: bytes).root
        } catch {
            throw Problem(detail: "the body is no JSON: \(error)")
        }
    }

    /// A text that must be there and must not be empty.
    static func text(_ value: JSONValue?, _ name: StaticString) throws(Problem) -> String {
        guard let text = value?.string, !text.isEmpty else { throw Problem(detail: "the field \(name) is missing") }
        return text
    }
}
