import Estates

/// How a settled filing looks in a chunk of `SettledFilings`: numbers at fixed places, little-endian, and texts behind
/// them. The record fills whole units of eight bytes.
///
///     0 units | 4 flags | 5 deadline | 8 settled at | 16 digest | 32 revision | 36 length of the key | 40 person | 48 key, texts
enum PackedFiling {
    static let unit = 8
    private static let header = 48
    private static let withdrawn: UInt8 = 1
    private static let dead: UInt8 = 2
    private static let incomplete: UInt8 = 4
    private static let hasPerson: UInt8 = 8
    /// Two more texts follow: the first receipt.
    private static let changed: UInt8 = 16
    private static let preliminary: UInt8 = 32
    private static let hasDeadline: UInt8 = 64
    /// One more text follows, the last: the status.
    private static let hasStatus: UInt8 = 128
    /// When it is not known: written before the ledger had it.
    private static let never = Int64.min

    /// The identity in bytes, the same for equal identities only.
    static func key(_ identity: FilingIdentity) -> [UInt8] {
        let reference = identity.reference.utf8
        var key: [UInt8] = []
        key.reserveCapacity(9 + reference.count)
        key.append(UInt8(FilingKind.allCases.firstIndex(of: identity.kind) ?? 0))
        append(number(identity.creditor.cvr), to: &key)
        append(identity.creditor.onBehalfOf.map(number) ?? .max, to: &key)
        key.append(contentsOf: reference)
        return key
    }

    static func pack(_ key: [UInt8], _ filed: Filed) -> [UInt8] {
        var texts = [filed.estate.text, filed.filing.text, filed.receipt.id, filed.receipt.receivedAt]
        if let first = filed.first { texts += [first.id, first.receivedAt] }
        if let status = filed.status { texts.append(status) }
        var bytes: [UInt8] = []
        let size = texts.reduce(header + key.count) { $0 + 4 + $1.utf8.count }
        bytes.reserveCapacity(size + unit)
        append(UInt32(0), to: &bytes)
        append(UInt32(flags(filed)) | (filed.finalDeadline?.bits ?? 0) << 8, to: &bytes)
        append(UInt64(bitPattern: filed.settledAt?.milliseconds ?? never), to: &bytes)
        append(filed.digest.high, to: &bytes)
        append(filed.digest.low, to: &bytes)
        append(UInt32(clamping: filed.revision), to: &bytes)
        append(UInt32(key.count), to: &bytes)
        append(filed.person?.hash ?? 0, to: &bytes)
        bytes.append(contentsOf: key)
        for text in texts {
            appendLength(text.utf8.count, to: &bytes)
            bytes.append(contentsOf: text.utf8)
        }
        while bytes.count % unit != 0 { bytes.append(0) }
        write(UInt32(bytes.count / unit), to: &bytes, at: 0)
        return bytes
    }

    private static func flags(_ filed: Filed) -> UInt8 {
        (filed.isWithdrawn ? withdrawn : 0) | (filed.isIncomplete ? incomplete : 0)
            | (filed.person == nil ? 0 : hasPerson) | (filed.first == nil ? 0 : changed)
            | (filed.isPreliminary ? preliminary : 0) | (filed.finalDeadline == nil ? 0 : hasDeadline)
            | (filed.status == nil ? 0 : hasStatus)
    }

    // MARK: Reading, of the record that begins at a place

    static func units(_ bytes: [UInt8], at start: Int) -> Int { Int(read(UInt32.self, bytes, at: start)) }

    static func isDead(_ bytes: [UInt8], at start: Int) -> Bool { bytes[start + 4] & dead != 0 }

    static func key(_ bytes: [UInt8], at start: Int) -> ArraySlice<UInt8> {
        bytes[(start + header)..<(start + header + Int(read(UInt32.self, bytes, at: start + 36)))]
    }

    static func settledAt(_ bytes: [UInt8], at start: Int) -> Timestamp? {
        let milliseconds = Int64(bitPattern: read(UInt64.self, bytes, at: start + 8))
        return milliseconds == never ? nil : Timestamp(milliseconds: milliseconds)
    }

    static func person(_ bytes: [UInt8], at start: Int) -> PersonKey? {
        bytes[start + 4] & hasPerson == 0 ? nil : PersonKey(hash: read(UInt64.self, bytes, at: start + 40))
    }

    static func identity(_ bytes: [UInt8], at start: Int) -> FilingIdentity {
        let key = key(bytes, at: start)
        let onBehalfOf = read(UInt32.self, bytes, at: key.startIndex + 5)
        return FilingIdentity(
            creditor: Creditor(
                cvr: cvr(read(UInt32.self, bytes, at: key.startIndex + 1)),
                onBehalfOf: onBehalfOf == .max ? nil : cvr(onBehalfOf)),
            kind: FilingKind.allCases[Int(bytes[key.startIndex])],
            reference: String(decoding: key.dropFirst(9), as: UTF8.self))
    }

    /// The estate's number, unless the filing was withdrawn.
    static func standingEstate(_ bytes: [UInt8], at start: Int) -> ArraySlice<UInt8>? {
        guard bytes[start + 4] & withdrawn == 0 else { return nil }
        var at = key(bytes, at: start).endIndex
        let length = readLength(bytes, &at)
        return bytes[at..<(at + length)]
    }

    static func filed(_ bytes: [UInt8], at start: Int) -> Filed {
        var at = key(bytes, at: start).endIndex
        func text() -> String {
            let length = readLength(bytes, &at)
            defer { at += length }
            return String(decoding: bytes[at..<(at + length)], as: UTF8.self)
        }
        return Filed(
            estate: EstateID(text()), filing: FilingID(text()), receipt: Receipt(id: text(), receivedAt: text()),
            digest: ContentsDigest(
                high: read(UInt64.self, bytes, at: start + 16), low: read(UInt64.self, bytes, at: start + 24)),
            revision: Int(read(UInt32.self, bytes, at: start + 32)),
            isWithdrawn: bytes[start + 4] & withdrawn != 0, isIncomplete: bytes[start + 4] & incomplete != 0,
            settledAt: settledAt(bytes, at: start), person: person(bytes, at: start),
            first: bytes[start + 4] & changed == 0 ? nil : Receipt(id: text(), receivedAt: text()),
            isPreliminary: bytes[start + 4] & preliminary != 0, finalDeadline: finalDeadline(bytes, at: start),
            status: bytes[start + 4] & hasStatus == 0 ? nil : text())
    }

    /// Of one that was not withdrawn, or was.
    static func finalDeadline(_ bytes: [UInt8], at start: Int) -> DeadlineWatch? {
        guard bytes[start + 4] & hasDeadline != 0 else { return nil }
        return DeadlineWatch(bits: read(UInt32.self, bytes, at: start + 4) >> 8)
    }

    static func isWithdrawn(_ bytes: [UInt8], at start: Int) -> Bool { bytes[start + 4] & withdrawn != 0 }

    // MARK: Changing in place

    static func die(_ bytes: inout [UInt8], at start: Int) { bytes[start + 4] |= dead }

    static func settle(_ bytes: inout [UInt8], at start: Int, _ time: Timestamp) {
        write(UInt64(bitPattern: time.milliseconds), to: &bytes, at: start + 8)
    }

    // MARK: Numbers

    private static func number(_ cvr: CVRNumber) -> UInt32 { UInt32(cvr.digits) ?? 0 }

    private static func cvr(_ number: UInt32) -> CVRNumber {
        let digits = String(number)
        guard let cvr = CVRNumber(String(repeating: "0", count: max(0, 8 - digits.count)) + digits) else {
            preconditionFailure("what was packed was a CVR number")
        }
        return cvr
    }

    private static func append<Number: FixedWidthInteger>(_ number: Number, to bytes: inout [UInt8]) {
        for shift in stride(from: 0, to: Number.bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> Number(shift)))
        }
    }

    private static func write<Number: FixedWidthInteger>(_ number: Number, to bytes: inout [UInt8], at start: Int) {
        for byte in 0..<(Number.bitWidth / 8) {
            bytes[start + byte] = UInt8(truncatingIfNeeded: number >> Number(8 * byte))
        }
    }

    private static func read<Number: FixedWidthInteger & UnsignedInteger>(
        _: Number.Type, _ bytes: [UInt8], at start: Int
    ) -> Number {
        var number: Number = 0
        for byte in 0..<(Number.bitWidth / 8) { number |= Number(bytes[start + byte]) << Number(8 * byte) }
        return number
    }

    /// LEB128: one byte for what is shorter than 128.
    private static func appendLength(_ length: Int, to bytes: inout [UInt8]) {
        var rest = length
        while rest >= 128 {
            bytes.append(UInt8(rest & 127) | 128)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private static func readLength(_ bytes: [UInt8], _ at: inout Int) -> Int {
        var length = 0
        var shift = 0
        while true {
            let byte = bytes[at]
            at += 1
            length |= Int(byte & 127) << shift
            if byte < 128 { return length }
            shift += 7
        }
    }
}
