import COpenSSL

/// A distinguished name for a test certificate, in the order of the encoding.
struct TestName: Sendable {
    var parts: [(type: String, value: String)]

    init(_ parts: (String, String)...) { self.parts = parts.map { (type: $0.0, value: $0.1) } }

    /// The real ones are encoded with the common name first.
    static func oces3(_ name: String, isTest: Bool) -> TestName {
        isTest
            ? TestName(("CN", name), ("OU", "Test - cti"), ("O", "Den Danske Stat"), ("C", "DK"))
            : TestName(("CN", name), ("O", "Den Danske Stat"), ("C", "DK"))
    }

    static func oces2(_ name: String) -> TestName { TestName(("C", "DK"), ("O", "TRUST2408"), ("CN", name)) }

    static let issuingName = "Den Danske Stat OCES udstedende-CA 1"
    static let testRoot = oces3("Den Danske Stat OCES rod-CA", isTest: true)
    static let testIssuer = oces3(issuingName, isTest: true)
    static let productionRoot = oces3("Den Danske Stat OCES rod-CA", isTest: false)
    static let productionIssuer = oces3(issuingName, isTest: false)

    /// Of a test organisation, whose number fails modulus 11.
    static let voces = TestName(
        ("CN", "Testorganisation - system"), ("serialNumber", "UI:DK-O:G:b60fee55-6d77-41b1-a210-445658a727a6"),
        ("O", "Testorganisation nr. 97281536"), ("2.5.4.97", "NTRDK-97281536"), ("C", "DK"))
    static let voces2 = TestName(
        ("C", "DK"), ("O", "Testorganisation // CVR:97281536"), ("serialNumber", "CVR:97281536-UID:1234567890123"),
        ("CN", "Testorganisation - system"))

    var reversed: TestName {
        var name = self
        name.parts.reverse()
        return name
    }

    func changing(_ type: String, to value: String) -> TestName {
        var name = self
        for index in name.parts.indices where name.parts[index].type == type { name.parts[index].value = value }
        return name
    }

    func adding(_ type: String, _ value: String) -> TestName {
        var name = self
        name.parts.append((type: type, value: value))
        return name
    }

    func fill(_ name: OpaquePointer?) {
        for (type, value) in parts {
            let bytes = Array(value.utf8)
            // UTF8String, as the real ones, but for the country.
            let form = type == "C" ? MBSTRING_ASC : MBSTRING_UTF8
            precondition(X509_NAME_add_entry_by_txt(name, type, form, bytes, CInt(bytes.count), -1, 0) == 1)
        }
    }
}
