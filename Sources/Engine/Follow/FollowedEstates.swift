import Estates

/// All estates that a partition follows. There may be hundreds of thousands, so they are packed: twenty bytes each, their
/// number and record key in one row of bytes, and a table of four bytes for each that finds them (open addressing, linear
/// probing). Together that is some 85 bytes for an estate.
///
/// A row keeps its place until `sweep`, so whoever goes through all rows can do so step by step.
struct FollowedEstates: Sendable {
    private struct Row: Sendable {
        /// Where its number and its key begin in `bytes`, each after its length.
        var place: UInt32
        /// One more than the place in `words`; 0 is none.
        var status: UInt32 = 0
        var treatment: UInt32 = 0
        /// Seconds since 1970; 0 is open.
        var closedAt: UInt32 = 0
        var notice: DeadlineWatch?
        var isGone = false
    }

    private var rows: [Row] = []
    private var bytes: [UInt8] = []
    /// One more than the row; 0 is free.
    private var slots: [UInt32] = []
    /// The portal uses few words, and each of them for many estates.
    private var words: [String] = []
    private var wordPlaces: [String: UInt32] = [:]
    private(set) var count = 0

    /// Rows, those included whose estate is followed no longer.
    var rowCount: Int { rows.count }

    /// Bytes that it takes.
    var footprint: Int {
        rows.capacity * MemoryLayout<Row>.stride + bytes.capacity + slots.capacity * MemoryLayout<UInt32>.stride
    }

    /// The row of an estate that is followed.
    func row(of id: EstateID) -> Int? { row(of: Array(id.text.utf8)[...]) }

    /// The same, by the number's bytes.
    func row(of id: ArraySlice<UInt8>) -> Int? { find(id).flatMap { rows[$0].isGone ? nil : $0 } }

    /// The estate in a row; nil when it is followed no longer.
    func estate(at row: Int) -> FollowedEstate? {
        let packed = rows[row]
        guard !packed.isGone else { return nil }
        let id = text(at: packed.place)
        let key = text(at: UInt32(id.endIndex))
        return FollowedEstate(
            id: EstateID(String(decoding: id, as: UTF8.self)), key: Array(key), status: word(packed.status),
            treatment: word(packed.treatment), noticeDate: packed.notice?.notice,
            closedAt: closedAt(row))
    }

    /// When the estate in a row was seen to be closed.
    func closedAt(_ row: Int) -> Timestamp? {
        rows[row].closedAt == 0 ? nil : Timestamp(milliseconds: Int64(rows[row].closedAt) * 1000)
    }

    /// The estate is followed from now on, or was last seen like that.
    mutating func put(_ estate: FollowedEstate) {
        let id = Array(estate.id.text.utf8)
        var row = Row(place: 0)
        row.status = place(of: estate.status)
        row.treatment = place(of: estate.treatment)
        row.closedAt = UInt32(clamping: (estate.closedAt?.milliseconds ?? 0) / 1000)
        row.notice = estate.noticeDate.flatMap(DeadlineWatch.init)
        if let known = find(id[...]) {
            // The key stays that of its first time, unless it was erased meanwhile.
            if rows[known].isGone {
                count += 1
                row.place = append(id, key: estate.key)
            } else {
                row.place = rows[known].place
            }
            rows[known] = row
            return
        }
        row.place = append(id, key: estate.key)
        rows.append(row)
        count += 1
        if rows.count * 4 > slots.count * 3 { grow() } else { link(rows.count - 1) }
    }

    mutating func remove(_ id: EstateID) {
        guard let row = row(of: id) else { return }
        rows[row].isGone = true
        count -= 1
    }

    /// Takes out what is gone, and all but the marked rows; every estate may have another row after that.
    ///
    /// - Parameter isKept: by row.
    /// - Returns: the estates that were still followed and are not kept.
    mutating func sweep(isKept: [Bool]) -> [EstateID] {
        var gone: [EstateID] = []
        var kept = FollowedEstates()
        for row in rows.indices {
            guard let estate = estate(at: row) else { continue }
            if isKept[row] { kept.put(estate) } else { gone.append(estate.id) }
        }
        // Most rounds find nothing to take out.
        if kept.count < rows.count { self = kept }
        return gone
    }

    // MARK: Bytes and words

    private mutating func append(_ id: [UInt8], key: [UInt8]) -> UInt32 {
        let place = UInt32(bytes.count)
        append(id)
        append(key)
        return place
    }

    /// LEB128, then the text.
    private mutating func append(_ text: [UInt8]) {
        var rest = text.count
        while rest >= 128 {
            bytes.append(UInt8(rest & 127) | 128)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
        bytes.append(contentsOf: text)
    }

    private func text(at place: UInt32) -> ArraySlice<UInt8> {
        var at = Int(place)
        var length = 0
        var shift = 0
        while true {
            let byte = bytes[at]
            at += 1
            length |= Int(byte & 127) << shift
            if byte < 128 { return bytes[at..<(at + length)] }
            shift += 7
        }
    }

    private func word(_ place: UInt32) -> String? { place == 0 ? nil : words[Int(place) - 1] }

    private mutating func place(of word: String?) -> UInt32 {
        guard let word else { return 0 }
        if let known = wordPlaces[word] { return known }
        words.append(word)
        wordPlaces[word] = UInt32(words.count)
        return UInt32(words.count)
    }

    // MARK: The table

    private static func hash(_ id: ArraySlice<UInt8>) -> Int {
        var hasher = Hasher()
        id.withUnsafeBytes { hasher.combine(bytes: $0) }
        return hasher.finalize()
    }

    private func find(_ id: ArraySlice<UInt8>) -> Int? {
        guard !slots.isEmpty else { return nil }
        var at = FollowedEstates.hash(id) & (slots.count - 1)
        while slots[at] != 0 {
            let row = Int(slots[at]) - 1
            if text(at: rows[row].place).elementsEqual(id) { return row }
            at = (at + 1) & (slots.count - 1)
        }
        return nil
    }

    private mutating func link(_ row: Int) {
        var at = FollowedEstates.hash(text(at: rows[row].place)) & (slots.count - 1)
        while slots[at] != 0 { at = (at + 1) & (slots.count - 1) }
        slots[at] = UInt32(row + 1)
    }

    private mutating func grow() {
        slots = Array(repeating: 0, count: max(16, slots.count * 2))
        for row in rows.indices { link(row) }
    }
}
