import Engine
import Estates

/// A filing that somebody has made at the portal before us.
struct FiledByHand {
    let estate: EstateID
    /// As that of a request: they say the same when they have the same version.
    let digest: ContentsDigest
    let isWithdrawn: Bool
    let receipt: Receipt
    let id: FilingID
    let contents: FilingContents
}

extension Workload {
    /// Some filings are at the portal already: with the contents that requests mostly have, with others, or withdrawn.
    ///
    /// Only those of which no request names the wrong person, since we would look in another's estate, and only with
    /// contents that have no attachments.
    mutating func fileByHand(_ random: inout SimulationRandom) {
        isFiledByHand = true
        for filing in filings.indices where random.chance(600) {
            let person = person(ofFiling: filing)
            let version: Int64 = attachments(filing, version: 1).isEmpty && random.chance(700) ? 1 : 2
            let isWithdrawn = random.chance(200)
            guard persons[person].estates == 1, isAlwaysOf(person, filing) else { continue }
            filedByHand[filing] = FiledByHand(
                estate: EstateID("E\(person)-0"),
                digest: ContentsDigest(high: UInt64(person + 1), low: UInt64(version)),
                isWithdrawn: isWithdrawn, receipt: Receipt(id: "HK\(filing)", receivedAt: "before"),
                id: FilingID("H\(filing)"), contents: FilingContents(body: body(filing, version: version)))
        }
    }

    /// Whether all requests about the filing name the same person.
    func isAlwaysOf(_ person: Int, _ filing: Int) -> Bool {
        items.allSatisfy { item in
            guard item.filing == filing, case .request(let request) = item.parsed else { return true }
            return personIndex[request.deceased] == person
        }
    }
}
