import Engine
import Kafka
import Testing

@testable import Worker

/// A ledger says on each record whether a shadow has written it.
@Suite struct LedgerMarkTests {
    private let original = OriginalRecord(
        source: Source(topic: .claimRequests, partition: 3, offset: 7), timestamp: 99, key: [1], value: [2],
        headers: [RecordHeader(name: "proklama.ledger.mode", value: Array("shadow".utf8))])

    private func stored(_ mode: FilingMode, _ writer: [Header], _ seal: Seal = Seal(nil)) -> Record {
        let record = LedgerRecord(.request(original), seal)
        return Record(
            topic: "l", partition: 3, offset: 0, timestamp: 0, key: record.key, value: record.value,
            headers: writer + LedgerMark.headers(mode) + record.headers)
    }

    @Test(arguments: FilingMode.allCases) func theMarkTellsTheMode(_ mode: FilingMode) throws {
        for writer in [[], [LedgerWriter.header("proklama-1")]] {
            let record = stored(mode, writer)
            // The sender's own header of that name comes later, and is none of ours.
            #expect(LedgerMark.mode(of: record.headers) == mode)
            #expect(try StoredRequest.record(record, source: original.source, Seal(nil)) == original)
            #expect(LedgerMark.mode(of: writer + LedgerMark.headers(mode)) == mode)
        }
    }

    @Test func ledgersOfWorkersThatFileAreAsTheyAlwaysWere() { #expect(LedgerMark.headers(.live).isEmpty) }
}
