extension [CChar] {
    /// The text up to the NUL, for buffers that C has written.
    var cString: String { String(decoding: prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) }
}
