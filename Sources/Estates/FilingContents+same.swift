extension FilingContents {
    /// Whether both say the same, whatever is attached. An amount of nothing is as good as none, and so is an empty text:
    /// whoever filed by hand has filled in a form.
    public func saysTheSame(as other: FilingContents) -> Bool { plain == other.plain }

    private var plain: FilingContents {
        FilingContents(body: body.plain, text: text.nonEmpty)
    }
}

extension FilingContents.Body {
    fileprivate var plain: FilingContents.Body {
        switch self {
        case .claim(let claim):
            .claim(
                Claim(
                    principal: claim.principal, interest: claim.interest.nonZero, costs: claim.costs.nonZero,
                    preliminary: claim.preliminary, pledge: claim.pledge.nonEmpty,
                    preferentialPosition: claim.preferentialPosition.nonEmpty))
        case .inventory(let items):
            .inventory(
                items.map {
                    InventoryItem(
                        description: $0.description, estimatedValue: $0.estimatedValue, location: $0.location.nonEmpty)
                })
        case .receivable, .inquiry: self
        }
    }
}

extension String? {
    fileprivate var nonEmpty: String? { self?.isEmpty == true ? nil : self }
}

extension Money? {
    fileprivate var nonZero: Money? { self?.oere == 0 ? nil : self }
}
