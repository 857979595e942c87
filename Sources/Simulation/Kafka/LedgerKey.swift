import Engine
import Estates

/// The key of a ledger record: what compaction keeps the latest of.
enum LedgerKey: Hashable {
    case request(Source)
    case filing(FilingIdentity)
    case notification(Int64)
    case erasure(Int64)
    case estate(EstateID)
    case checkpoint

    init(_ write: LedgerWrite) {
        switch write {
        case .request(let record): self = .request(record.source)
        case .forgetRequest(let source): self = .request(source)
        case .filing(let entry): self = .filing(entry.identity)
        case .forgetFiling(let identity): self = .filing(identity)
        case .notification(let entry): self = .notification(entry.offset)
        case .forgetNotification(let offset): self = .notification(offset)
        case .erasure(let erasure): self = .erasure(erasure.offset)
        case .estate(let estate): self = .estate(estate.id)
        case .forgetEstate(let id): self = .estate(id)
        case .checkpoint: self = .checkpoint
        }
    }
}

extension LedgerWrite {
    var isTombstone: Bool {
        switch self {
        case .request, .filing, .notification, .erasure, .estate, .checkpoint: false
        case .forgetRequest, .forgetFiling, .forgetNotification, .forgetEstate: true
        }
    }
}
