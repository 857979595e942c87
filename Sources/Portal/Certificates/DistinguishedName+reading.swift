import COpenSSL

extension DistinguishedName {
    /// - Parameter name: an `X509_NAME`, which stays the caller's.
    init(_ name: OpaquePointer?) {
        var parts: [[Attribute]] = []
        var lastSet: CInt = -1
        for index in 0..<max(0, X509_NAME_entry_count(name)) {
            let entry = X509_NAME_get_entry(name, index)
            let attribute = Attribute(
                type: OpenSSLText.identifier(X509_NAME_ENTRY_get_object(entry)),
                value: OpenSSLText.text(X509_NAME_ENTRY_get_data(entry)))
            // Entries of one part share its number.
            let set = X509_NAME_ENTRY_set(entry)
            if set == lastSet, !parts.isEmpty {
                parts[parts.count - 1].append(attribute)
            } else {
                parts.append([attribute])
            }
            lastSet = set
        }
        self.init(parts: parts)
    }
}
