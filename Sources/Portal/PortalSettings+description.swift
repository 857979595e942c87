/// Masked, since a description may end up in a log: only whether there is a password is told.
extension PortalSettings: CustomStringConvertible, CustomReflectable {
    public var description: String {
        "\(environment.rawValue) \(url), token by \(tokenAuthentication.rawValue), certificate \(certificateFile ?? "none")"
            + (keyPassword == nil && keyPasswordFile == nil ? "" : ", key password set")
    }

    /// What `dump` sees, which else would go round `description`.
    public var customMirror: Mirror { Mirror(self, children: ["settings": description]) }
}
