extension FilingContents.Body {
    /// The principal of a claim, or what is owed to the deceased; nil for what is no sum.
    public var amount: Money? {
        switch self {
        case .claim(let claim): claim.principal
        case .receivable(let amount): amount
        case .inventory, .inquiry: nil
        }
    }
}
