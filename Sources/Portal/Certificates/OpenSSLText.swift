import CCurl
import COpenSSL
import Glibc

/// OpenSSL's values as Swift's.
enum OpenSSLText {
    /// `2.5.4.3`.
    static func identifier(_ object: OpaquePointer?) -> String {
        guard let object else { return "" }
        var buffer = [CChar](repeating: 0, count: 256)
        // 1: digits, also for an identifier whose name OpenSSL knows.
        let length = OBJ_obj2txt(&buffer, CInt(buffer.count), object, 1)
        guard length > 0 else { return "" }
        return String(decoding: buffer.prefix(Int(length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// A string of whichever of ASN.1's types. One that cannot be converted comes out as `#` and its bytes, so it equals
    /// nothing that we know.
    static func text(_ string: UnsafePointer<ASN1_STRING>?) -> String {
        guard let string else { return "" }
        var utf8: UnsafeMutablePointer<UInt8>?
        let length = ASN1_STRING_to_UTF8(&utf8, string)
        guard length >= 0, let utf8 else {
            ERR_clear_error()
            return "#" + hex(bytes(string))
        }
        defer { CRYPTO_free(utf8, "", 0) }
        let bytes = Array(UnsafeBufferPointer(start: utf8, count: Int(length)))
        guard let text = String(validating: bytes, as: UTF8.self) else { return "#" + hex(bytes) }
        return text
    }

    static func bytes(_ string: UnsafePointer<ASN1_STRING>?) -> [UInt8] {
        guard let string, let start = ASN1_STRING_get0_data(string) else { return [] }
        return Array(UnsafeBufferPointer(start: start, count: max(0, Int(ASN1_STRING_length(string)))))
    }

    /// Upper-case, without colons.
    static func hex(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var text: [UInt8] = []
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Seconds since 1970, or nil when the certificate's time makes no sense.
    static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64? {
        var parts = tm()
        guard let time, ASN1_TIME_to_tm(time, &parts) == 1 else { return nil }
        return Int64(timegm(&parts))
    }
}
