import CCurl

/// The parts of a URL, as curl reads it: what is checked here is then what is connected to.
struct WebAddress {
    let scheme: String
    /// In lower case, without a port.
    let host: String
    let hasUser: Bool
    let hasQuery: Bool

    /// Nil when curl does not understand it.
    init?(_ text: String) {
        guard let parsed = curl_url() else { return nil }
        defer { curl_url_cleanup(parsed) }
        guard curl_url_set(parsed, CURLUPART_URL, text, 0) == CURLUE_OK else { return nil }
        func part(_ what: CURLUPart) -> String? {
            var text: UnsafeMutablePointer<CChar>?
            guard curl_url_get(parsed, what, &text, 0) == CURLUE_OK, let text else { return nil }
            defer { curl_free(text) }
            return String(cString: text)
        }
        guard let scheme = part(CURLUPART_SCHEME), let host = part(CURLUPART_HOST) else { return nil }
        self.scheme = scheme.lowercased()
        self.host = host.lowercased()
        hasUser = part(CURLUPART_USER) != nil
        hasQuery = part(CURLUPART_QUERY) != nil || part(CURLUPART_FRAGMENT) != nil
    }

    /// Whether the host is the domain, or within it.
    func isWithin(_ domain: String) -> Bool { host == domain || host.hasSuffix("." + domain) }

    /// Whether it is this machine. `localhost` and its subdomains are reserved for that (RFC 6761 § 6.3).
    var isLoopback: Bool { isWithin("localhost") || host == "[::1]" || isLoopbackNumber }

    /// 127.0.0.0/8; curl has turned other ways to write it into this one.
    private var isLoopbackNumber: Bool {
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return numbers.count == 4 && numbers[0] == 127 && numbers.allSatisfy { $0 != nil }
    }
}
