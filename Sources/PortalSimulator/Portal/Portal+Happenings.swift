import JSON

/// What the courts do to estates and filings: here, whoever calls `/_estates/ID` and `/_filings/ID`.
extension Portal {
    /// Members of the patch take the place of those of the same name; `aendret` becomes the present time.
    mutating func changeEstate(_ id: String, _ body: [UInt8], now: Int64) -> Reply {
        guard let patch = try? JSONDocument.parse(body), patch.kind == .object else {
            return .refusal(400, "an object with the members that are to change is wanted")
        }
        guard estates.change(id, patch, now: now) else { return .notFound }
        changeLog.note(estate: id, patch, at: now)
        return Reply(status: 204)
    }

    /// Gives a filing another status, which is a change of its estate too.
    mutating func changeFiling(_ id: String, _ body: [UInt8], now: Int64) -> Reply {
        guard let status = (try? JSONDocument.parse(body))?["status"]?.string, !status.isEmpty else {
            return .refusal(400, "an object with a status is wanted")
        }
        guard let filing = store.filing(id: id) else { return .notFound }
        store.setStatus(status, of: filing)
        estates.touch(store.filings[Int(filing)].estate, now: now)
        changeLog.note(filing: id, status: status, at: now)
        return Reply(status: 204)
    }
}
