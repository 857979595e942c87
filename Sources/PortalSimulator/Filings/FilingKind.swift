/// The four sorts of filing, with the name of each one's collection in the path.
enum FilingKind: String, CaseIterable, Sendable {
    case claim = "krav"
    case receivable = "tilgodehavender"
    case inventory = "effektfortegnelser"
    case inquiry = "forespoergsler"

    /// The name in the audit, which is the one in Proklama's messages.
    var name: StaticString {
        switch self {
        case .claim: "claim"
        case .receivable: "receivable"
        case .inventory: "inventory"
        case .inquiry: "inquiry"
        }
    }
}
