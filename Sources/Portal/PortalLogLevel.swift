/// How much a message of the client matters.
public enum PortalLogLevel: String, Sendable, CaseIterable { case debug, info, warning, error }
