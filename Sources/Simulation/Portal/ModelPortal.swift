import Engine
import Estates

/// The portal: estates that appear, and filings that it takes as often as they are sent, as one must fear that it does.
struct ModelPortal {
    struct StoredFiling {
        let id: FilingID
        var receipt: Receipt
        var isWithdrawn: Bool
        var contents: FilingContents
        var attached: [AttachedFile] = []
        var estate = EstateID("")
        var status = FiledRecord.freshStatus
        /// Our ledger has forgotten it. By then its estate has long been closed, and the portal shows it no more.
        var isArchived = false
    }

    private(set) var calls: [PendingCall] = []
    /// By `Workload.filings`.
    var filings: [[StoredFiling]]
    /// The estates as they are, and when they last changed; those that nothing has happened to are not among them.
    var estateStates: [EstateID: EstateState] = [:]
    let tellsTime: Bool
    let isFollowed: Bool
    let workload: Workload
    private let knowsKeys: Bool
    private var answersByKey: [String: (FilingID, Receipt)] = [:]
    private var attachedKeys: Set<String> = []
    private var lastNumber = 0

    init(_ workload: Workload, knowsKeys: Bool, tellsTime: Bool, isFollowed: Bool) {
        self.tellsTime = tellsTime
        self.isFollowed = isFollowed
        self.workload = workload
        self.knowsKeys = knowsKeys
        filings = Array(repeating: [], count: workload.filings.count)
        for (filing, made) in workload.filedByHand {
            filings[filing] = [
                StoredFiling(
                    id: made.id, receipt: made.receipt, isWithdrawn: made.isWithdrawn, contents: made.contents)
            ]
        }
    }

    mutating func open(_ call: PendingCall) -> Int {
        calls.append(call)
        return calls.count - 1
    }

    mutating func process(
        _ call: PortalCall, at now: Int64, checker: inout Checker
    ) -> Result<PortalAnswer, PortalFailure> {
        switch call {
        case .search(let deceased):
            return .success(.estates(estates(of: deceased, at: now)))
        case .changes(let ids, let since):
            return .success(
                .changedEstates(
                    changed(ids, since: since), at: tellsTime ? ModelPortal.time(at: now) : nil))
        case .lookUp(_, let identity):
            guard let index = workload.filingIndex[identity] else { return .success(.filings([])) }
            return .success(
                .filings(
                    filings[index].filter { !$0.isArchived }.map {
                        FiledRecord(
                            id: $0.id, receipt: $0.receipt, isWithdrawn: $0.isWithdrawn,
                            status: $0.isWithdrawn ? "slettet" : $0.status, attached: $0.attached,
                            contents: $0.contents)
                    }))
        case .submit(let estate, let identity, let contents, let key):
            return change(identity, key: key, at: now, &checker, .submit) { filings, id, receipt in
                let filing = StoredFiling(
                    id: FilingID("F\(id)"), receipt: receipt, isWithdrawn: false, contents: contents,
                    estate: estate)
                filings.append(filing)
                return filing.id
            }
        case .amend(_, let filing, let identity, let contents, let key):
            return change(identity, key: key, at: now, &checker, .amend) { filings, _, receipt in
                guard let at = filings.firstIndex(where: { $0.id == filing && !$0.isWithdrawn && !$0.isArchived })
                else { return nil }
                filings[at].contents = contents
                filings[at].receipt = receipt
                return filing
            }
        case .withdraw(_, let filing, let identity, let key):
            return change(identity, key: key, at: now, &checker, .withdraw) { filings, _, receipt in
                guard let at = filings.firstIndex(where: { $0.id == filing && !$0.isWithdrawn && !$0.isArchived })
                else { return nil }
                filings[at].isWithdrawn = true
                filings[at].receipt = receipt
                return filing
            }
        case .attach(_, let filing, let identity, let attachment, _, let key):
            return attach(attachment, to: filing, identity, key: key, at: now, &checker)
        }
    }

    private mutating func attach(
        _ attachment: Attachment, to filing: FilingID, _ identity: FilingIdentity, key: String, at now: Int64,
        _ checker: inout Checker
    ) -> Result<PortalAnswer, PortalFailure> {
        if knowsKeys, attachedKeys.contains(key) { return .success(.attached) }
        guard let index = workload.filingIndex[identity] else { preconditionFailure("a filing that nobody asked for") }
        guard let at = filings[index].firstIndex(where: { $0.id == filing && !$0.isWithdrawn && !$0.isArchived }) else {
            return .failure(PortalFailure(.status(410, code: nil), mayHaveTakenEffect: false))
        }
        attachedKeys.insert(key)
        checker.attached(attachment, filing: index, besides: filings[index][at].attached, at: now)
        filings[index][at].attached.append(attachment.attached)
        return .success(.attached)
    }

    private mutating func change(
        _ identity: FilingIdentity, key: String, at now: Int64, _ checker: inout Checker, _ action: FilingAction,
        _ apply: (inout [StoredFiling], Int, Receipt) -> FilingID?
    ) -> Result<PortalAnswer, PortalFailure> {
        if knowsKeys, let (id, receipt) = answersByKey[key] { return .success(.receipt(id, receipt)) }
        guard let index = workload.filingIndex[identity] else { preconditionFailure("a filing that nobody asked for") }
        lastNumber += 1
        let receipt = Receipt(id: "K\(lastNumber)", receivedAt: String(now))
        guard let id = apply(&filings[index], lastNumber, receipt) else {
            return .failure(PortalFailure(.status(410, code: nil), mayHaveTakenEffect: false))
        }
        answersByKey[key] = (id, receipt)
        checker.tookEffect(
            action, filing: index, key: key, receipt, live: filings[index].count { !$0.isWithdrawn && !$0.isArchived },
            at: now)
        return .success(.receipt(id, receipt))
    }

    /// What the portal has of a filing is nobody's concern any more.
    mutating func archive(_ filing: Int) {
        for at in filings[filing].indices { filings[filing][at].isArchived = true }
    }

    private func estates(of deceased: Deceased, at now: Int64) -> [Estate] {
        guard let index = workload.personIndex[deceased] else { return [] }
        let person = workload.persons[index]
        guard person.deceased == deceased, person.appearsAt <= now else { return [] }
        return (0..<person.estates).map { estate(EstateID("E\(index)-\($0)")) }
    }
}
