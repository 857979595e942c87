extension DistinguishedName: CustomStringConvertible {
    /// As RFC 4514 writes it, last part first, with the names of attributes that people know:
    /// `C=DK, O=Den Danske Stat, CN=Den Danske Stat OCES udstedende-CA 1`. Blanks at the ends and characters that cannot be
    /// seen are escaped, so that two names that differ also look different, but for letters that look alike.
    public var description: String {
        parts.reversed().map { part in
            part.map { "\(DistinguishedName.label($0.type))=\(DistinguishedName.escaped($0.value))" }
                .joined(separator: "+")
        }.joined(separator: ", ")
    }

    private static func label(_ type: String) -> String {
        switch type {
        case commonName: "CN"
        case serialNumber: "SERIALNUMBER"
        case country: "C"
        case organization: "O"
        case organizationalUnit: "OU"
        default: type
        }
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        let scalars = Array(value.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            let isAtAnEnd = index == 0 || index == scalars.count - 1
            switch scalar {
            case ",", "+", "\"", "\\", "<", ">", ";", "=": text += "\\\(scalar)"
            case "#" where index == 0: text += "\\#"
            case " " where isAtAnEnd: text += "\\ "
            case _ where scalar.value < 0x20 || (0x7F...0xA0).contains(scalar.value) || isInvisible(scalar):
                text += "\\u{\(String(scalar.value, radix: 16))}"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .format, .control, .lineSeparator, .paragraphSeparator, .spaceSeparator: scalar != " "
        default: false
        }
    }
}
