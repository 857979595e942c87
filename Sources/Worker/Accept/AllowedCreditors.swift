import Engine
import Estates

/// `creditors.allowed`: who may file through this installation. It is asked when a request comes in and never again, so
/// what was accepted is finished whatever becomes of the setting.
public struct AllowedCreditors: Hashable, Sendable {
    /// Whom a creditor may file for.
    private enum Scope: Hashable, Sendable {
        case anyone, itselfOnly
        case other(CVRNumber)
    }

    private var scopes: [CVRNumber: Set<Scope>] = [:]

    /// Reads entries: `12345678` files for itself and on behalf of anybody, `12345678/-` for itself only, and
    /// `12345678/87654321` on behalf of that one only, as in ledger keys.
    ///
    /// - Returns: nil when one of them is something else.
    init?(_ entries: [String]) {
        for entry in entries {
            let parts = entry.split(separator: "/", omittingEmptySubsequences: false)
            guard let cvr = CVRNumber(String(parts[0])), parts.count <= 2 else { return nil }
            let scope: Scope
            switch parts.count == 2 ? parts[1] : "" {
            case "-": scope = .itselfOnly
            case "" where parts.count == 1: scope = .anyone
            default:
                guard let other = CVRNumber(String(parts[1])), other != cvr else { return nil }
                scope = .other(other)
            }
            scopes[cvr, default: []].insert(scope)
        }
    }

    func allows(_ creditor: Creditor) -> Bool {
        guard let known = scopes[creditor.cvr] else { return false }
        return known.contains(.anyone) || known.contains(creditor.onBehalfOf.map { .other($0) } ?? .itselfOnly)
    }
}

extension RecordParser {
    /// Reads a record that comes in: what is in the ledger already has been let in.
    func admit(_ record: OriginalRecord, _ allowed: AllowedCreditors?) -> ParsedRecord {
        let parsed = parse(record)
        guard let allowed, case .request(let request) = parsed else { return parsed }
        if allowed.allows(request.identity.creditor) { return parsed }
        let place = request.identity.creditor.onBehalfOf == nil ? "creditor.cvr" : "creditor.onBehalfOf"
        return .rejected(
            Failure(.creditorNotAllowed, stage: .parse, message: "\(place): is not in creditors.allowed"))
    }
}
