/// The four kinds of filing that the portal takes.
public enum FilingKind: String, Sendable, CaseIterable {
    /// The filer says that the deceased, or the estate, owes it money (krav).
    case claim
    /// The filer owes the deceased money (tilgodehavende).
    case receivable
    /// The filer holds assets or belongings of the deceased (effektfortegnelse).
    case inventory
    /// The filer asks for the estate's contact person and has a legal interest in it (forespørgsel).
    case inquiry
}

/// What a request wants done with a filing.
public enum FilingAction: String, Sendable, CaseIterable { case submit, amend, withdraw }

/// Who files, and for whom.
public struct Creditor: Hashable, Sendable {
    public let cvr: CVRNumber
    /// Set when a debt-collection agency files for another creditor.
    public let onBehalfOf: CVRNumber?

    public init(cvr: CVRNumber, onBehalfOf: CVRNumber? = nil) {
        self.cvr = cvr
        self.onBehalfOf = onBehalfOf
    }
}

/// What makes two requests concern the same filing, within one portal environment.
public struct FilingIdentity: Hashable, Sendable {
    public let creditor: Creditor
    public let kind: FilingKind
    /// The creditor's own reference.
    public let reference: String

    public init(creditor: Creditor, kind: FilingKind, reference: String) {
        self.creditor = creditor
        self.kind = kind
        self.reference = reference
    }

    /// As in ledger keys: `claim/12345678/-/R-1`. The reference comes last, since it alone may hold a slash.
    public var path: String { "\(kind.rawValue)/\(creditor.cvr)/\(creditor.onBehalfOf?.digits ?? "-")/\(reference)" }

    /// Reads what `path` wrote.
    public init?(path: String) {
        let parts = path.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 4, let kind = FilingKind(rawValue: parts[0]), let cvr = CVRNumber(parts[1]) else {
            return nil
        }
        var onBehalfOf: CVRNumber?
        if parts[2] != "-" {
            guard let other = CVRNumber(parts[2]) else { return nil }
            onBehalfOf = other
        }
        self.init(creditor: Creditor(cvr: cvr, onBehalfOf: onBehalfOf), kind: kind, reference: parts[3])
    }
}

/// What is filed: one of the four kinds, with free text.
public struct FilingContents: Hashable, Sendable {
    public enum Body: Hashable, Sendable {
        case claim(Claim)
        case receivable(amount: Money)
        case inventory([InventoryItem])
        case inquiry(legalInterest: String)
    }

    public let body: Body
    public let text: String?
    /// Each is sent by a call of its own, once the filing is there.
    public let attachments: [Attachment]

    public init(body: Body, text: String? = nil, attachments: [Attachment] = []) {
        self.body = body
        self.text = text
        self.attachments = attachments
    }

    /// Whether it is a claim with an estimate.
    public var isPreliminary: Bool { if case .claim(let claim) = body { claim.preliminary } else { false } }

    public var kind: FilingKind {
        switch body {
        case .claim: .claim
        case .receivable: .receivable
        case .inventory: .inventory
        case .inquiry: .inquiry
        }
    }
}

/// A claim as Dødsboskifteloven § 82 wants it: principal, interest, costs, and any preferential position.
public struct Claim: Hashable, Sendable {
    public let principal: Money
    public let interest: Money?
    public let costs: Money?
    /// An estimate, filed in time since the claim cannot be computed yet (§ 82).
    public let preliminary: Bool
    /// What is pledged for it, if anything is (§ 83).
    public let pledge: String?
    public let preferentialPosition: String?

    public init(
        principal: Money, interest: Money? = nil, costs: Money? = nil, preliminary: Bool = false,
        pledge: String? = nil, preferentialPosition: String? = nil
    ) {
        self.principal = principal
        self.interest = interest
        self.costs = costs
        self.preliminary = preliminary
        self.pledge = pledge
        self.preferentialPosition = preferentialPosition
    }
}

/// One thing of the deceased's that the filer holds.
public struct InventoryItem: Hashable, Sendable {
    public let description: String
    public let estimatedValue: Money?
    public let location: String?

    public init(description: String, estimatedValue: Money? = nil, location: String? = nil) {
        self.description = description
        self.estimatedValue = estimatedValue
        self.location = location
    }
}
