/// The portal's number of an estate (doedsbojournalId).
public struct EstateID: Hashable, Sendable, CustomStringConvertible {
    public let text: String
    public init(_ text: String) { self.text = text }
    public var description: String { text }
}

/// The portal's number of a filing in an estate.
public struct FilingID: Hashable, Sendable, CustomStringConvertible {
    public let text: String
    public init(_ text: String) { self.text = text }
    public var description: String { text }
}

/// The portal's receipt (kvittering). Its time interrupts the deadline and counts as the start of a lawsuit as regards
/// interest (Dødsboskifteloven § 82), so it is kept just as the portal wrote it.
public struct Receipt: Hashable, Sendable {
    public let id: String
    /// RFC 3339, as received.
    public let receivedAt: String

    public init(id: String, receivedAt: String) {
        self.id = id
        self.receivedAt = receivedAt
    }
}

/// One of the 24 court districts (retskreds).
public struct Court: Hashable, Sendable {
    public let code: String
    public let name: String

    public init(code: String, name: String) {
        self.code = code
        self.name = name
    }
}

/// The court's file on one deceased person (dødsbojournal), as far as we use it.
public struct Estate: Hashable, Sendable {
    public let id: EstateID
    public let court: Court?
    public let status: String?
    /// How the estate is treated (behandlingsform): by the heirs, an administrator, …
    public let treatment: String?
    /// When the notice to creditors was published (§ 81).
    public let noticeDate: CalendarDate?
    /// When the person died, as the court has it.
    public let dateOfDeath: CalendarDate?
    /// Whether the status says that the court is done with the estate.
    public let isClosed: Bool
    /// Whether the treatment says that the estate is insolvent, so that a preferential position may be claimed (§ 82).
    public let isInsolvent: Bool

    /// Whether the portal's word for how an estate is treated says that it is insolvent.
    public static func isInsolvency(_ treatment: String) -> Bool { treatment.lowercased().contains("insolven") }

    public init(
        id: EstateID, court: Court? = nil, status: String? = nil, treatment: String? = nil,
        noticeDate: CalendarDate? = nil, dateOfDeath: CalendarDate? = nil, isClosed: Bool = false,
        isInsolvent: Bool = false
    ) {
        self.id = id
        self.court = court
        self.status = status
        self.treatment = treatment
        self.noticeDate = noticeDate
        self.dateOfDeath = dateOfDeath
        self.isClosed = isClosed
        self.isInsolvent = isInsolvent
    }
}

/// How an estate is searched for.
public enum Deceased: Hashable, Sendable {
    case cpr(CPRNumber)
    /// Rare and large, so it stands apart: the others do not need its room.
    indirect case nameAndAddress(NameAndAddress)
}

public struct NameAndAddress: Hashable, Sendable, CustomStringConvertible {
    public let name: String
    public let street: String
    public let houseNumber: String
    public let postalCode: String
    public let city: String

    public init(name: String, street: String, houseNumber: String, postalCode: String, city: String) {
        self.name = name
        self.street = street
        self.houseNumber = houseNumber
        self.postalCode = postalCode
        self.city = city
    }

    /// Masked, since it is personal data.
    public var description: String { "name and address" }
}
