import JSON

/// A change as a line of the journal, and back. Contents and times are kept, so the numbers of filings and receipts are the
/// same after a restart.
extension FilingStore {
    /// The newest event.
    var newestEventLine: [UInt8] {
        let row = events[events.count - 1]
        let filing = filings[Int(row.filing)]
        return JSONWriter.object { json in
            json.field("change", row.change.rawValue)
            json.field("filing", Int(row.filing))
            json.field("at", row.milliseconds)
            json.field("key", texts.text(row.idempotencyKey))
            if row.change == .create {
                json.field("kind", filing.kind.rawValue)
                json.field("estate", filing.estate.hex)
            }
            // Those of the newest event, since there is a line for each.
            if row.change != .withdraw { json.field("contents", texts.text(filing.contents)) }
        }
    }

    static func line(_ attachment: AttachmentRow, of filing: UInt32, idempotencyKey: String?) -> [UInt8] {
        JSONWriter.object { json in
            json.field("change", "attach")
            json.field("filing", Int(filing))
            json.field("name", attachment.name)
            json.field("size", attachment.size)
            json.field("sha256", attachment.digest.hex)
            json.field("key", idempotencyKey)
        }
    }

    /// Makes the change again; false when the line makes no sense.
    mutating func redo(_ line: ArraySlice<UInt8>, keepsIdempotencyKeys: Bool) -> Bool {
        guard let json = try? JSONDocument.parse(Array(line)), let change = json["change"]?.string,
            let filing = json["filing"]?.integer.flatMap({ UInt32(exactly: $0) }), filing <= filings.count
        else { return false }
        if change == "attach" { return redoAttachment(json, to: filing) }
        guard let milliseconds = json["at"]?.integer, let key = json["key"]?.string else { return false }
        let contents = Array((json["contents"]?.string ?? "").utf8)
        let stamp = Stamp(milliseconds: milliseconds, idempotencyKey: key, digest: SHA256Digest(of: contents))
        let event: UInt32
        switch EventRow.Change(rawValue: change) {
        case .create:
            guard filing == filings.count, let kind = json["kind"]?.string.flatMap(FilingKind.init(rawValue:)),
                let estate = json["estate"]?.string.flatMap({ SHA256Digest.Key(hex: $0) }),
                let body = try? JSONDocument.parse(contents),
                case .success(let shape) = FilingShape.read(body, as: kind)
            else { return false }
            event = create(shape, kind, estate: estate, contents: contents, stamp)
        case .amend where filing < filings.count:
            event = amend(filing, contents: contents, stamp)
        case .withdraw where filing < filings.count:
            event = withdraw(filing, stamp)
        case .amend, .withdraw, nil:
            return false
        }
        if keepsIdempotencyKeys, !key.isEmpty { remember(event, idempotencyKey: key) }
        return true
    }

    private mutating func redoAttachment(_ json: JSONValue, to filing: UInt32) -> Bool {
        guard filing < filings.count, let name = json["name"]?.string, let size = json["size"]?.integer,
            let digest = json["sha256"]?.string.flatMap({ SHA256Digest(hex: $0) })
        else { return false }
        let attachment = AttachmentRow(name: name, size: Int(size), digest: digest)
        _ = attach(attachment, to: filing, idempotencyKey: json["key"]?.string)
        return true
    }
}
