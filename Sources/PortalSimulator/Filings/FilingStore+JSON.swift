import Estates
import JSON

extension FilingStore {
    static func name(_ kind: FilingKind, _ shape: FilingShape) -> ArraySlice<UInt8> {
        let object = JSONWriter.object { json in
            json.field("creditor", shape.creditor)
            json.field("onBehalfOf", shape.onBehalfOf.isEmpty ? nil : shape.onBehalfOf)
            json.field("kind", "\(kind.name)")
            json.field("reference", shape.reference)
        }
        return object.dropFirst().dropLast()
    }

    /// `F17` for the filing in place 16.
    static func filingID(_ filing: UInt32) -> String { "F\(filing + 1)" }

    /// `K17` for the event in place 16.
    static func receiptID(_ event: UInt32) -> String { "K\(event + 1)" }

    /// `B17-2` for the second attachment of the filing in place 16.
    static func attachmentID(_ number: Int, of filing: UInt32) -> String { "B\(filing + 1)-\(number)" }

    /// The filing of that ID, when there is one.
    func filing(id: some StringProtocol) -> UInt32? {
        guard id.first == "F", let number = UInt32(id.dropFirst()), number > 0, number <= filings.count else {
            return nil
        }
        return number - 1
    }

    /// `"id":…,"kvittering":{…}`: the answer to whatever changed a filing.
    func writeReceipt(of event: UInt32, to json: inout JSONWriter) {
        let row = events[Int(event)]
        json.field("id", Self.filingID(row.filing))
        json.object("kvittering") { json in
            json.field("id", Self.receiptID(event))
            json.field("modtaget", Timestamp(milliseconds: row.milliseconds).description)
        }
    }

    /// The filing as it was sent, with its ID, receipt, status and attachments in front.
    func filingJSON(_ filing: UInt32) -> [UInt8] {
        let row = filings[Int(filing)]
        var bytes = JSONWriter.object { json in
            writeReceipt(of: row.lastEvent, to: &json)
            json.field("status", row.withdrawn ? "slettet" : statuses[filing] ?? "modtaget")
            guard let attached = attachments[filing] else { return }
            json.array("bilag") { json in
                for (index, attachment) in attached.enumerated() {
                    json.object { json in
                        json.field("id", Self.attachmentID(index + 1, of: filing))
                        json.field("navn", attachment.name)
                        json.field("stoerrelse", attachment.size)
                        json.field("sha256", attachment.digest.hex)
                    }
                }
            }
        }
        // The contents are one JSON object, so all between its braces can follow.
        bytes[bytes.count - 1] = UInt8(ascii: ",")
        bytes.append(contentsOf: texts[row.contents].dropFirst())
        return bytes
    }

    /// One identity with its events, for the audit.
    func identityJSON(_ index: Int) -> [UInt8] {
        let identity = identities[index]
        var bytes: [UInt8] = [UInt8(ascii: "{")]
        bytes.append(contentsOf: texts[identity.name])
        let rest = JSONWriter.object { json in
            json.field("active", Int(identity.active))
            writeAttachments(of: identity, to: &json)
            json.array("events") { json in
                var event = identity.firstEvent
                while true {
                    write(event, to: &json)
                    event = events[Int(event)].next
                    if event == 0 { break }
                }
            }
        }
        bytes.append(UInt8(ascii: ","))
        bytes.append(contentsOf: rest.dropFirst())
        return bytes
    }

    /// Of all of its filings, with the filing that each belongs to.
    private func writeAttachments(of identity: IdentityRow, to json: inout JSONWriter) {
        var rows: [(filing: UInt32, row: AttachmentRow)] = []
        var next: UInt32? = identity.lastFiling
        while let filing = next {
            rows += (attachments[filing] ?? []).map { (filing, $0) }
            next = filings[Int(filing)].previous
        }
        if rows.isEmpty { return }
        json.array("attachments") { json in
            for (filing, row) in rows {
                json.object { json in
                    json.field("filingId", Self.filingID(filing))
                    json.field("name", row.name)
                    json.field("size", row.size)
                    json.field("sha256", row.digest.hex)
                }
            }
        }
    }

    private func write(_ event: UInt32, to json: inout JSONWriter) {
        let row = events[Int(event)]
        json.object { json in
            json.field("event", row.change.rawValue)
            json.field("at", Timestamp(milliseconds: row.milliseconds).description)
            json.field("filingId", Self.filingID(row.filing))
            json.field("receiptId", Self.receiptID(event))
            json.field("idempotencyKey", texts.text(row.idempotencyKey))
            json.field("sha256", row.digest.hex)
        }
    }
}
