/// The parts of a `multipart/form-data` body (RFC 7578), by name.
struct MultipartForm {
    let parts: [String: ArraySlice<UInt8>]

    init?(_ body: [UInt8], contentType: String?) {
        guard let contentType, contentType.lowercased().hasPrefix("multipart/form-data"),
            let mark = contentType.indexBehind("boundary=")
        else { return nil }
        let boundary = contentType[mark...].prefix { $0 != ";" }.filter { $0 != "\"" }
        guard !boundary.isEmpty else { return nil }
        let delimiter = Array("\r\n--\(boundary)".utf8)
        // The first delimiter has no line break before it, so one is put there.
        let whole = Array("\r\n".utf8) + body
        var parts: [String: ArraySlice<UInt8>] = [:]
        var isComplete = false
        var start = whole.firstOffset(of: delimiter, from: 0)
        while let here = start {
            let content = here + delimiter.count
            if whole[content...].starts(with: Array("--".utf8)) {
                isComplete = true
                break
            }
            guard let next = whole.firstOffset(of: delimiter, from: content),
                let blank = whole.firstOffset(of: Array("\r\n\r\n".utf8), from: content), blank < next
            else { return nil }
            let head = String(decoding: whole[content..<blank], as: UTF8.self)
            guard let name = Self.name(head) else { return nil }
            parts[name] = blank + 4 <= next ? whole[(blank + 4)..<next] : []
            start = next
        }
        guard isComplete else { return nil }
        self.parts = parts
    }

    func text(_ name: String) -> String? {
        parts[name].map { String(decoding: $0, as: UTF8.self) }
    }

    private static func name(_ head: String) -> String? {
        // `filename="…"` also ends in `name="`, so what is in front of it counts.
        for mark in ["; name=\"", ";name=\""] {
            if let start = head.indexBehind(mark) { return String(head[start...].prefix { $0 != "\"" }) }
        }
        return nil
    }
}

extension String {
    /// The index behind the first occurrence of the text.
    fileprivate func indexBehind(_ text: String) -> String.Index? {
        let bytes = Array(utf8)
        guard let offset = bytes.firstOffset(of: Array(text.utf8), from: 0) else { return nil }
        return utf8.index(startIndex, offsetBy: offset + text.utf8.count)
    }
}

extension [UInt8] {
    /// Where the bytes first occur at or after that place.
    fileprivate func firstOffset(of needle: [UInt8], from start: Int) -> Int? {
        guard let first = needle.first, count >= needle.count else { return nil }
        var index = start
        while index <= count - needle.count {
            if self[index] == first, self[index..<index + needle.count].elementsEqual(needle) { return index }
            index += 1
        }
        return nil
    }
}
