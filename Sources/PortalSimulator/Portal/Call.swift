/// What a request asks for. The raw value is the name in the audit and in front of a fault.
enum Call: String, CaseIterable, Sendable {
    case token, search, changes, submit, lookup, show, amend, withdraw, attach
    /// `/_audit`, `/_faults` and whatever else begins with an underscore.
    case control
    /// No path of the portal.
    case other

    /// The calls that a fault can befall.
    static let faulty: [Call] = allCases.filter { $0 != .control && $0 != .other }
}
