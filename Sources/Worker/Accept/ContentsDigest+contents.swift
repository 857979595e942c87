import COpenSSL
import Engine
import Estates
import JSON

extension ContentsDigest {
    /// Of what would be filed and for whom. Two requests are the same when this is: blanks, the order of members, unknown
    /// fields and the request's own id make no difference.
    init(of contents: FilingContents?, deceased: Deceased) {
        let canonical = JSONWriter.object { root in
            switch deceased {
            case .cpr(let cpr): root.field("cpr", cpr.unmaskedDigits)
            case .nameAndAddress(let person):
                root.array("person") { list in
                    for text in [person.name, person.street, person.houseNumber, person.postalCode, person.city] {
                        list.string(text)
                    }
                }
            }
            root.field("text", contents?.text)
            switch contents?.body {
            case .claim(let claim):
                root.field("principal", claim.principal.oere)
                root.field("interest", claim.interest?.oere)
                root.field("costs", claim.costs?.oere)
                root.field("preliminary", claim.preliminary)
                root.field("pledge", claim.pledge)
                root.field("preferentialPosition", claim.preferentialPosition)
            case .receivable(let amount): root.field("amount", amount.oere)
            case .inventory(let items):
                root.array("items") { list in
                    for item in items {
                        list.object { element in
                            element.field("description", item.description)
                            element.field("estimatedValue", item.estimatedValue?.oere)
                            element.field("location", item.location)
                        }
                    }
                }
            case .inquiry(let legalInterest): root.field("legalInterest", legalInterest)
            case nil: break
            }
            if let attachments = contents?.attachments, !attachments.isEmpty {
                root.array("attachments") { list in
                    for attachment in attachments {
                        for text in [attachment.name, attachment.mediaType, attachment.digest.hex] { list.string(text) }
                    }
                }
            }
        }
        self.init(sha256: SHA256Digest.of(canonical))
    }

    private init(sha256 bytes: [UInt8]) {
        func word(_ range: Range<Int>) -> UInt64 { bytes[range].reduce(0) { $0 << 8 | UInt64($1) } }
        self.init(high: word(0..<8), low: word(8..<16))
    }
}

/// SHA-256 (FIPS 180-4), by OpenSSL.
enum SHA256Digest {
    static func of(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        let done = EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha256(), nil)
        // It fails only when memory or the algorithm is missing, and then nothing else works either.
        precondition(done == 1, "SHA-256 is not available")
        return digest
    }

    static func hex(of text: String) -> String { hex(of(Array(text.utf8))) }

    static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
