/// Finds where a member of a JSON object stands, so that it can be passed on to the byte.
///
/// The text has been parsed before, so it is known to be valid; this only counts quotes and brackets.
enum JSONSlice {
    /// The bytes of the member's value; nil when the object has no such member.
    static func member(_ name: String, of object: [UInt8]) -> [UInt8]? {
        var position = 0
        skipBlanks(object, &position)
        // The opening bracket.
        position += 1
        while true {
            skipBlanks(object, &position)
            guard position < object.count, object[position] == UInt8(ascii: "\"") else { return nil }
            let nameStart = position
            skipString(object, &position)
            let isIt = object[(nameStart + 1)..<(position - 1)].elementsEqual(name.utf8)
            skipBlanks(object, &position)
            // The colon.
            position += 1
            skipBlanks(object, &position)
            let start = position
            skipValue(object, &position)
            if isIt { return Array(object[start..<position]) }
            skipBlanks(object, &position)
            // The comma, or the closing bracket, behind which there is no name.
            position += 1
        }
    }

    private static func skipBlanks(_ text: [UInt8], _ position: inout Int) {
        while position < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[position]) { position += 1 }
    }

    private static func skipString(_ text: [UInt8], _ position: inout Int) {
        position += 1
        while position < text.count, text[position] != UInt8(ascii: "\"") {
            position += text[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        position += 1
    }

    private static func skipValue(_ text: [UInt8], _ position: inout Int) {
        var depth = 0
        while position < text.count {
            switch text[position] {
            case UInt8(ascii: "\""):
                skipString(text, &position)
                if depth == 0 { return }
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return }
                depth -= 1
                if depth == 0 {
                    position += 1
                    return
                }
            case UInt8(ascii: ","), 0x20, 0x09, 0x0A, 0x0D:
                if depth == 0 { return }
            default: break
            }
            position += 1
        }
    }
}
