import Estates

/// Filings of which nothing is pending or in doubt: what the portal has of each. There may be a million of them and they
/// are hardly ever asked for, so they are packed, with no allocation of their own.
///
/// The bytes stand one after the other in chunks, about in the order in which the filings were settled, and a table of
/// eight bytes a filing finds them (open addressing, linear probing). What was taken out leaves a hole; a chunk that is
/// mostly holes is given up when a new one is needed.
public struct SettledFilings: Sendable {
    private struct Chunk: Sendable {
        var bytes: [UInt8] = []
        /// Bytes of records that were not taken out.
        var live = 0
    }

    /// Where a filing stands, and 32 bits of its key's hash. Zero is a free slot.
    private struct Slot: Sendable {
        var hash: UInt32 = 0
        /// One more than the place: the chunk's number and the unit in it.
        var place: UInt32 = 0
        var isFree: Bool { place == 0 }
    }

    private static let chunkUnits = 1 << 13
    private static let chunkSize = chunkUnits * PackedFiling.unit

    private var chunks: [Chunk] = []
    private var freeChunks: [Int] = []
    /// The chunk that is being filled.
    private var current: Int?
    private var slots: [Slot] = []
    public private(set) var count = 0
    /// Where `takeExpired` goes on.
    private var cursor = (chunk: 0, byte: 0)

    public init() {}

    /// Bytes that it takes.
    var footprint: Int { chunks.reduce(slots.count * 8) { $0 + $1.bytes.capacity } }

    /// The filing has been settled; takes the place of what was known of it.
    public mutating func insert(_ identity: FilingIdentity, _ filed: Filed) {
        let key = PackedFiling.key(identity)
        if let slot = slot(of: key) { removeRecord(at: slot) }
        add(PackedFiling.pack(key, filed), hash: SettledFilings.hash(key[...]))
    }

    /// Takes a filing out.
    @discardableResult
    public mutating func remove(_ identity: FilingIdentity) -> Filed? {
        guard let slot = slot(of: PackedFiling.key(identity)) else { return nil }
        let (chunk, byte) = SettledFilings.place(slots[slot])
        let filed = PackedFiling.filed(chunks[chunk].bytes, at: byte)
        removeRecord(at: slot)
        return filed
    }

    /// What is known of a filing.
    func filed(_ identity: FilingIdentity) -> Filed? {
        guard let slot = slot(of: PackedFiling.key(identity)) else { return nil }
        let (chunk, byte) = SettledFilings.place(slots[slot])
        return PackedFiling.filed(chunks[chunk].bytes, at: byte)
    }

    /// Looks at the next so many filings and takes out those that were settled before a time. Those of which it is not
    /// known when they were settled count from now on.
    mutating func takeExpired(settledBefore limit: Timestamp, now: Timestamp, examining budget: Int) -> [FilingIdentity]
    {
        var expired: [FilingIdentity] = []
        var left = min(budget, count)
        var chunksLeft = chunks.count + 1
        while left > 0, chunksLeft > 0 {
            guard cursor.chunk < chunks.count, cursor.byte < chunks[cursor.chunk].bytes.count else {
                cursor = (cursor.chunk + 1 < chunks.count ? cursor.chunk + 1 : 0, 0)
                chunksLeft -= 1
                continue
            }
            let (chunk, byte) = cursor
            cursor.byte += PackedFiling.units(chunks[chunk].bytes, at: byte) * PackedFiling.unit
            guard !PackedFiling.isDead(chunks[chunk].bytes, at: byte) else { continue }
            left -= 1
            guard let settledAt = PackedFiling.settledAt(chunks[chunk].bytes, at: byte) else {
                PackedFiling.settle(&chunks[chunk].bytes, at: byte, now)
                continue
            }
            guard settledAt < limit else { continue }
            expired.append(PackedFiling.identity(chunks[chunk].bytes, at: byte))
        }
        for identity in expired { remove(identity) }
        return expired
    }

    func visitAll(_ body: (FilingIdentity, Filed) -> Void) {
        visit({ _, _ in true }, body)
    }

    /// Those that concern one person.
    func visit(_ person: PersonKey, _ body: (FilingIdentity, Filed) -> Void) {
        visit({ PackedFiling.person($0, at: $1) == person }, body)
    }

    /// Preliminary claims whose final amount is due.
    func visitFinalDeadlines(_ body: (FilingIdentity, DeadlineWatch) -> Void) {
        for chunk in chunks {
            var byte = 0
            while byte < chunk.bytes.count {
                if !PackedFiling.isDead(chunk.bytes, at: byte), !PackedFiling.isWithdrawn(chunk.bytes, at: byte),
                    let watch = PackedFiling.finalDeadline(chunk.bytes, at: byte)
                {
                    body(PackedFiling.identity(chunk.bytes, at: byte), watch)
                }
                byte += PackedFiling.units(chunk.bytes, at: byte) * PackedFiling.unit
            }
        }
    }

    /// The numbers of the estates in which filings stand, each as often as there are.
    func visitStanding(_ body: (ArraySlice<UInt8>) -> Void) {
        for chunk in chunks {
            var byte = 0
            while byte < chunk.bytes.count {
                if !PackedFiling.isDead(chunk.bytes, at: byte),
                    let estate = PackedFiling.standingEstate(chunk.bytes, at: byte)
                {
                    body(estate)
                }
                byte += PackedFiling.units(chunk.bytes, at: byte) * PackedFiling.unit
            }
        }
    }

    /// The filings that stand in certain estates.
    func standing(in isWanted: @escaping (ArraySlice<UInt8>) -> Bool) -> [FilingIdentity] {
        var found: [FilingIdentity] = []
        let isStanding = { (bytes: [UInt8], byte: Int) in
            PackedFiling.standingEstate(bytes, at: byte).map(isWanted) ?? false
        }
        visit(isStanding) { identity, _ in found.append(identity) }
        return found
    }

    /// - Parameter isWanted: told by the chunk's bytes and where the record begins, before it is unpacked.
    private func visit(_ isWanted: ([UInt8], Int) -> Bool, _ body: (FilingIdentity, Filed) -> Void) {
        for chunk in chunks {
            var byte = 0
            while byte < chunk.bytes.count {
                if !PackedFiling.isDead(chunk.bytes, at: byte), isWanted(chunk.bytes, byte) {
                    body(PackedFiling.identity(chunk.bytes, at: byte), PackedFiling.filed(chunk.bytes, at: byte))
                }
                byte += PackedFiling.units(chunk.bytes, at: byte) * PackedFiling.unit
            }
        }
    }

    // MARK: Chunks

    private mutating func add(_ record: [UInt8], hash: UInt32) {
        let place = append(record)
        if (count + 1) * 4 > slots.count * 3 { grow() }
        put(Slot(hash: hash, place: place))
        count += 1
    }

    /// Returns one more than the place.
    private mutating func append(_ record: [UInt8]) -> UInt32 {
        if let current, chunks[current].bytes.count + record.count <= SettledFilings.chunkSize {
            return append(record, to: current)
        }
        reclaim()
        // What was moved out of the holes may have begun a chunk that has room.
        if let current, chunks[current].bytes.count + record.count <= SettledFilings.chunkSize {
            return append(record, to: current)
        }
        return append(record, to: openChunk())
    }

    private mutating func append(_ record: [UInt8], to chunk: Int) -> UInt32 {
        let unit = chunks[chunk].bytes.count / PackedFiling.unit
        chunks[chunk].bytes.append(contentsOf: record)
        chunks[chunk].live += record.count
        return UInt32(chunk * SettledFilings.chunkUnits + unit + 1)
    }

    private mutating func openChunk() -> Int {
        let chunk = freeChunks.popLast() ?? chunks.count
        if chunk == chunks.count { chunks.append(Chunk()) }
        chunks[chunk].bytes.reserveCapacity(SettledFilings.chunkSize)
        current = chunk
        return chunk
    }

    /// Gives up the chunk with the most holes, if they are more than half of it.
    private mutating func reclaim() {
        guard let worst = chunks.indices.max(by: { holes(in: $0) < holes(in: $1) }),
            holes(in: worst) * 2 > chunks[worst].bytes.count
        else { return }
        let old = chunks[worst].bytes
        free(worst)
        var byte = 0
        while byte < old.count {
            let size = PackedFiling.units(old, at: byte) * PackedFiling.unit
            if !PackedFiling.isDead(old, at: byte) {
                let key = PackedFiling.key(old, at: byte)
                let moved = Array(old[byte..<(byte + size)])
                if let current, chunks[current].bytes.count + size <= SettledFilings.chunkSize {
                    move(key, from: worst, byte, to: append(moved, to: current))
                } else {
                    move(key, from: worst, byte, to: append(moved, to: openChunk()))
                }
            }
            byte += size
        }
    }

    private func holes(in chunk: Int) -> Int { chunks[chunk].bytes.count - chunks[chunk].live }

    private mutating func free(_ chunk: Int) {
        chunks[chunk] = Chunk()
        freeChunks.append(chunk)
        if current == chunk { current = nil }
        // Other records will stand there, with other beginnings.
        if cursor.chunk == chunk { cursor.byte = 0 }
    }

    // MARK: The table

    private static func hash(_ key: ArraySlice<UInt8>) -> UInt32 {
        var hasher = Hasher()
        key.withUnsafeBytes { hasher.combine(bytes: $0) }
        return UInt32(truncatingIfNeeded: hasher.finalize())
    }

    private static func place(_ slot: Slot) -> (chunk: Int, byte: Int) {
        let place = Int(slot.place) - 1
        return (place / chunkUnits, place % chunkUnits * PackedFiling.unit)
    }

    private func home(_ hash: UInt32) -> Int { Int(hash) & (slots.count - 1) }

    private func slot(of key: [UInt8]) -> Int? {
        guard count > 0 else { return nil }
        let hash = SettledFilings.hash(key[...])
        var at = home(hash)
        while !slots[at].isFree {
            if slots[at].hash == hash {
                let (chunk, byte) = SettledFilings.place(slots[at])
                if PackedFiling.key(chunks[chunk].bytes, at: byte).elementsEqual(key) { return at }
            }
            at = (at + 1) & (slots.count - 1)
        }
        return nil
    }

    private mutating func put(_ slot: Slot) {
        var at = home(slot.hash)
        while !slots[at].isFree { at = (at + 1) & (slots.count - 1) }
        slots[at] = slot
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: Slot(), count: max(16, old.count * 2))
        for slot in old where !slot.isFree { put(slot) }
    }

    /// The record has moved. Its old chunk is gone, so it is found by its old place.
    private mutating func move(_ key: ArraySlice<UInt8>, from chunk: Int, _ byte: Int, to place: UInt32) {
        let old = UInt32(chunk * SettledFilings.chunkUnits + byte / PackedFiling.unit + 1)
        var at = home(SettledFilings.hash(key))
        while slots[at].place != old { at = (at + 1) & (slots.count - 1) }
        slots[at].place = place
    }

    private mutating func removeRecord(at slot: Int) {
        let (chunk, byte) = SettledFilings.place(slots[slot])
        chunks[chunk].live -= PackedFiling.units(chunks[chunk].bytes, at: byte) * PackedFiling.unit
        PackedFiling.die(&chunks[chunk].bytes, at: byte)
        if chunks[chunk].live == 0 { free(chunk) }
        count -= 1
        // What was displaced by it moves up, so that no search ends at the gap too early.
        var gap = slot
        var at = slot
        while true {
            at = (at + 1) & (slots.count - 1)
            if slots[at].isFree { break }
            let distance = (at - home(slots[at].hash)) & (slots.count - 1)
            if distance >= (at - gap) & (slots.count - 1) {
                slots[gap] = slots[at]
                gap = at
            }
        }
        slots[gap] = Slot()
    }
}
