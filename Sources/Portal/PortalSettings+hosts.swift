extension PortalSettings {
    /// The portal's host, without a port.
    public var host: String { WebAddress(url)?.host ?? url }

    /// Where tokens are asked for; nil when none are.
    public var tokenHost: String? {
        tokenAuthentication == .none ? nil : tokenURL.map { WebAddress($0)?.host ?? $0 }
    }
}
