/// Holds hundreds of thousands of small texts without an array, a header and an allocation for each.
struct ByteArena: Sendable {
    /// Where a text lies.
    struct Slice: Sendable {
        fileprivate let chunk: UInt32
        fileprivate let offset: UInt32
        let count: UInt32

        static let empty = Slice(chunk: 0, offset: 0, count: 0)
    }

    private static let chunkSize = 1 << 20
    private var chunks: [[UInt8]] = []

    mutating func store(_ bytes: some Collection<UInt8>) -> Slice {
        if bytes.isEmpty { return .empty }
        if chunks.isEmpty || chunks[chunks.count - 1].count + bytes.count > Self.chunkSize {
            chunks.append([])
            chunks[chunks.count - 1].reserveCapacity(max(Self.chunkSize, bytes.count))
        }
        let last = chunks.count - 1
        let slice = Slice(chunk: UInt32(last), offset: UInt32(chunks[last].count), count: UInt32(bytes.count))
        chunks[last].append(contentsOf: bytes)
        return slice
    }

    subscript(slice: Slice) -> ArraySlice<UInt8> {
        if slice.count == 0 { return [] }
        return chunks[Int(slice.chunk)][Int(slice.offset)..<Int(slice.offset + slice.count)]
    }

    func text(_ slice: Slice) -> String { String(decoding: self[slice], as: UTF8.self) }
}
