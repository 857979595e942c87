import Glibc

/// Bytes at an address that stays until the next `append`, so that curl can read and write there. Kept and reused with its
/// transfer.
struct ByteBuffer: ~Copyable {
    private var start: UnsafeMutableRawPointer
    private var capacity: Int
    private(set) var count = 0

    init(capacity: Int) {
        start = .allocate(byteCount: capacity, alignment: 16)
        self.capacity = capacity
    }

    deinit { start.deallocate() }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

    /// For C functions that take a string: the caller has ended it with a NUL.
    var characters: UnsafeMutablePointer<CChar> { start.assumingMemoryBound(to: CChar.self) }

    /// Forgets the bytes; memory far beyond what calls usually need is given back.
    mutating func reset() {
        count = 0
        guard capacity > 1 << 17 else { return }
        start.deallocate()
        capacity = 1 << 12
        start = .allocate(byteCount: capacity, alignment: 16)
    }

    mutating func append(_ more: UnsafeRawBufferPointer) {
        guard let source = more.baseAddress, !more.isEmpty else { return }
        if count + more.count > capacity { grow(to: count + more.count) }
        memcpy(start + count, source, more.count)
        count += more.count
    }

    mutating func append(_ more: [UInt8]) { more.withUnsafeBytes { append($0) } }

    mutating func append(_ more: String) {
        var more = more
        more.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    mutating func append(byte: UInt8) { withUnsafeBytes(of: byte) { append($0) } }

    private mutating func grow(to needed: Int) {
        let larger = max(needed, capacity * 2)
        let fresh = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
        memcpy(fresh, start, count)
        start.deallocate()
        start = fresh
        capacity = larger
    }
}
