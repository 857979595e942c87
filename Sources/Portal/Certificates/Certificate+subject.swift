import Estates

/// Whose certificate it is.
extension Certificate {
    /// The CVR number of the organisation. OCES3: organizationIdentifier `NTRDK-<CVR>`; OCES2: serial number
    /// `CVR:<CVR>-UID:<digits>`.
    public var cvr: CVRNumber? {
        if let identifier = subject.value(of: DistinguishedName.organizationIdentifier) {
            return identifier.hasPrefix("NTRDK-") ? CVRNumber(String(identifier.dropFirst(6))) : nil
        }
        guard let serial = subject.value(of: DistinguishedName.serialNumber), serial.hasPrefix("CVR:") else {
            return nil
        }
        return CVRNumber(String(serial.dropFirst(4).prefix { $0 != "-" }))
    }

    /// What names the certificate's holder within the organisation: the UUID of OCES3 (`UI:DK-O:G:<uuid>`), or the digits of
    /// OCES2's `UID:`.
    public var holderIdentifier: String? {
        guard let serial = subject.value(of: DistinguishedName.serialNumber) else { return nil }
        if serial.hasPrefix(Certificate.organisationPrefix) {
            let uuid = String(serial.dropFirst(Certificate.organisationPrefix.count))
            return Certificate.isUUID(uuid) ? uuid : nil
        }
        let parts = serial.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].hasPrefix("CVR:"), parts[1].hasPrefix("UID:") else { return nil }
        let digits = parts[1].dropFirst(4)
        return !digits.isEmpty && digits.utf8.allSatisfy { (0x30...0x39).contains($0) } ? String(digits) : nil
    }

    /// Certificates of people (`UI:DK-P:`) and of employees (`UI:DK-E:`) have other letters.
    private static let organisationPrefix = "UI:DK-O:G:"

    private static func isUUID(_ text: String) -> Bool {
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        return groups.map(\.utf8.count) == [8, 4, 4, 4, 12]
            && groups.joined().utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x61...0x66).contains($0) || (0x41...0x46).contains($0)
            }
    }
}
