import Estates

/// What a request record says, once it has been read.
public enum ParsedRecord: Hashable, Sendable {
    case request(ClaimRequest)
    case notification(DeathNotification)
    case erasure(ErasureOrder)
    /// It cannot be read or cannot be filed, whatever the portal would say.
    case rejected(Failure)
}

/// A request to submit, amend or withdraw one filing.
public struct ClaimRequest: Hashable, Sendable {
    /// The sender's own name for the request; it comes back in the reply.
    public let id: String
    public let action: FilingAction
    public let identity: FilingIdentity
    public let deceased: Deceased
    /// When the person died, as far as the sender knows: the latest day that it can have been.
    public let diedOn: CalendarDate?
    /// Nil for `withdraw`.
    public let contents: FilingContents?
    /// Equal for two requests exactly when their contents and the deceased are equal.
    public let digest: ContentsDigest

    public init(
        id: String, action: FilingAction, identity: FilingIdentity, deceased: Deceased, diedOn: CalendarDate? = nil,
        contents: FilingContents?, digest: ContentsDigest
    ) {
        self.id = id
        self.action = action
        self.identity = identity
        self.deceased = deceased
        self.diedOn = diedOn
        self.contents = contents
        self.digest = digest
    }

    public var attachments: [Attachment] { contents?.attachments ?? [] }
}

/// The first 128 bits of the SHA-256 of a request's contents.
public struct ContentsDigest: Hashable, Sendable {
    /// Of contents that are not known: no request's is equal to it.
    static let unknown = ContentsDigest(high: 0, low: 0)

    public let high: UInt64
    public let low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// 32 lower-case hexadecimal digits.
    public var hex: String {
        func sixteen(_ value: UInt64) -> String {
            let digits = String(value, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        return sixteen(high) + sixteen(low)
    }

    /// Reads what `hex` wrote.
    public init?(hex: String) {
        guard hex.utf8.count == 32, let high = UInt64(hex.prefix(16), radix: 16),
            let low = UInt64(hex.suffix(16), radix: 16)
        else { return nil }
        self.init(high: high, low: low)
    }
}

/// News of a death, or of a mistake about one.
public struct DeathNotification: Hashable, Sendable {
    public let id: String
    public let deceased: Deceased
    /// The number that the person had before: whoever waits for it waits for the new one.
    public let previous: CPRNumber?
    /// When the person died, as far as the sender knows: the latest day that it can have been.
    public let diedOn: CalendarDate?
    /// The earlier news was wrong.
    public let isWithdrawn: Bool

    public init(
        id: String, deceased: Deceased, previous: CPRNumber? = nil, diedOn: CalendarDate? = nil, isWithdrawn: Bool
    ) {
        self.id = id
        self.deceased = deceased
        self.previous = previous
        self.diedOn = diedOn
        self.isWithdrawn = isWithdrawn
    }
}
