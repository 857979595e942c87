extension [UInt8]? {
    /// Calls with the bytes as C wants them: null when there are none, and a pointer that is *not* null when they are
    /// there but empty. Kafka tells the two apart (an empty value is no tombstone), and an empty array's own pointer may
    /// be null.
    func withNullableBytes<Result>(_ body: (UnsafeMutableRawPointer?, Int) -> Result) -> Result {
        guard let self else { return body(nil, 0) }
        return self.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, !bytes.isEmpty else {
                var nothing: UInt8 = 0
                return withUnsafeMutableBytes(of: &nothing) { body($0.baseAddress, 0) }
            }
            // Nobody writes through it: librdkafka's signatures merely lack the const where it copies.
            return body(UnsafeMutableRawPointer(mutating: base), bytes.count)
        }
    }

    /// A copy of what C holds; nil when that is null.
    init(copying pointer: UnsafeRawPointer?, count: Int) {
        self = pointer.map { Array(UnsafeRawBufferPointer(start: $0, count: count)) }
    }
}
