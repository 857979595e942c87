import Estates

/// A partition as its ledger says. It is filled entry by entry, as they are read, the later one of a filing taking the
/// earlier one's place; what is settled is packed at once, so reading a ledger takes no more memory than having it read.
public struct RestoredPartition: Sendable {
    /// Filings of which something is pending or in doubt.
    public private(set) var unsettled: [FilingIdentity: FilingEntry] = [:]
    public private(set) var settled = SettledFilings()
    public var notifications: [NotificationEntry] = []
    /// Pending requests and notifications by where they stood, read again.
    public var requests: [Source: PendingRecord] = [:]
    /// The estates that are followed, as they were last seen.
    var followed = FollowedEstates()
    public var checkpoint: FollowCheckpoint?
    /// The committed offset of each input, nil before the first.
    public var positions: [InputTopic: Int64] = [:]

    public init() {}

    /// How many estates are followed.
    public var followedEstates: Int { followed.count }

    /// How many filings it knows.
    public var filingCount: Int { unsettled.count + settled.count }

    /// The ledger's latest entry of a filing so far.
    public mutating func add(_ entry: FilingEntry) {
        if entry.requests.isEmpty, entry.doubt == nil, entry.deadline == nil, let filed = entry.filed {
            unsettled[entry.identity] = nil
            settled.insert(entry.identity, filed)
        } else {
            settled.remove(entry.identity)
            unsettled[entry.identity] = entry
        }
    }

    /// The ledger has forgotten a filing.
    public mutating func forget(_ identity: FilingIdentity) {
        if unsettled.removeValue(forKey: identity) == nil { settled.remove(identity) }
    }

    /// The ledger's latest entry of a followed estate so far.
    public mutating func add(_ estate: FollowedEstate) { followed.put(estate) }

    /// The ledger says that an estate is followed no longer.
    public mutating func forget(_ estate: EstateID) { followed.remove(estate) }

    /// In the order of their requests, so that the same ledger always leads to the same run.
    var unsettledInOrder: [FilingEntry] {
        unsettled.values.sorted { left, right in
            let (first, second) = (left.requests.first?.offset ?? -1, right.requests.first?.offset ?? -1)
            return first == second ? left.identity.path < right.identity.path : first < second
        }
    }
}
