import Engine
import Estates
import Glibc
import JSON
import Kafka
import Testing

@testable import Worker

/// What earlier versions wrote, `Tests/Golden`, is read by today's code as it was meant then.
@Suite struct GoldenTests {
    /// A line: a record, and what must come of it.
    private struct Line {
        let record: Record
        let expected: JSONValue

        init(_ bytes: [UInt8]) throws {
            let root = try JSONDocument.parse(bytes)
            expected = root
            var headers: [Header] = []
            for pair in root["headers"]?.elements ?? [] {
                let texts = (pair.elements ?? []).compactMap(\.string)
                try #require(texts.count == 2)
                headers.append(Header(texts[0], text: texts[1]))
            }
            record = Record(
                topic: "t", partition: 3, offset: 0, key: Array(try #require(root["key"]?.string).utf8),
                value: JSONSlice.member("value", of: bytes), headers: headers)
        }
    }

    private func lines(_ name: String, of version: String = "v1", _ file: StaticString = #filePath) throws -> [Line] {
        let tests = "\(file)".split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
        var reader = try LineReader("\(tests)/Golden/\(version)/\(name).jsonl")
        var lines: [Line] = []
        while let line = try reader.next() { lines.append(try Line(line)) }
        try #require(!lines.isEmpty)
        return lines
    }

    private func parsed(_ record: Record, _ topic: InputTopic) -> ParsedRecord {
        RecordParser(isProduction: false).parse(
            OriginalRecord(
                source: Source(topic: topic, partition: 3, offset: 0), timestamp: 0, key: record.key,
                value: record.value, headers: []))
    }

    /// With another digest, a request that is sent again would be another filing's, and a replay a conflict.
    @Test func requestsHaveTheContentsThatTheyHad() throws {
        for line in try lines("claim-requests") {
            guard case .request(let request) = parsed(line.record, .claimRequests) else {
                Issue.record("refused: \(line.expected["digest"]?.string ?? "")")
                continue
            }
            #expect(request.digest.hex == line.expected["digest"]?.string, "\(request.id)")
            #expect(request.identity.path == line.expected["identity"]?.string, "\(request.id)")
        }
    }

    @Test func notificationsAreRead() throws {
        let found = try lines("death-notifications").map { line -> String in
            guard case .notification(let death) = parsed(line.record, .deathNotifications) else { return "refused" }
            return "\(death.id) \(death.isWithdrawn)"
        }
        #expect(found == ["d1 false", "d2 false", "d3 true"])
    }

    @Test func aLedgerIsRestored() throws {
        var partition = RestoredPartition()
        let parser = RecordParser(isProduction: false)
        for line in try lines("ledger") {
            let key = try #require(LedgerKey(line.record.key ?? [], partition: 3))
            try partition.add(key, line.record, parser, Seal(nil))
        }
        #expect(partition.filingCount == 3)
        #expect(partition.notifications.map(\.offset) == [77])
        #expect(partition.requests.count == 2)
        for pending in partition.requests.values {
            if case .rejected(let failure) = pending.parsed { Issue.record("\(failure.message)") }
            #expect(pending.record.key == Array("7cbff6b42769f95c4ca41d3504c4c18b".utf8))
        }
        let source = Source(topic: .claimRequests, partition: 3, offset: 1204)
        let pending = try #require(partition.requests[source])
        #expect(pending.record.timestamp == 1_795_515_300_000)
        #expect(pending.record.headers == [RecordHeader(name: "traceparent", value: Array("00-1".utf8))])
    }

    /// Field by field: what is not understood any more must not pass for absent.
    @Test func filingsAreWhatTheyWere() throws {
        let digest = try #require(ContentsDigest(hex: "00112233445566778899aabbccddeeff"))
        let at = { (milliseconds: Int64) in Timestamp(milliseconds: milliseconds) }
        var found: [FilingEntry] = []
        for line in try lines("ledger") {
            guard case .filing(let identity)? = LedgerKey(line.record.key ?? [], partition: 3) else { continue }
            found.append(try FilingEntry(identity, json: try #require(line.record.value)))
        }
        try #require(found.count == 3)
        let sending = found[0]
        #expect(sending.identity.path == "claim/97281536/-/INV-1")
        #expect(sending.state == .sending)
        #expect(sending.lease == 40_000)
        #expect(sending.requests.map(\.offset) == [1204, 1210])
        #expect(sending.requests.map(\.acceptedAt) == [at(1_795_515_300_000), at(1_795_515_301_000)])
        #expect(sending.estate == EstateID("bo-8410"))
        #expect(sending.attempts == 1)
        let settled = try #require(found[1].filed)
        #expect(found[1].identity.reference == "LOAN/2")
        #expect(found[1].state == .settled)
        #expect(settled.estate == EstateID("bo-8410"))
        #expect(settled.filing == FilingID("F-17"))
        #expect(settled.receipt == Receipt(id: "K-17", receivedAt: "2026-11-24T10:15:01Z"))
        #expect(settled.digest == digest)
        #expect(settled.revision == 2)
        #expect(settled.isWithdrawn)
        #expect(settled.settledAt == at(1_795_515_301_250))
        #expect(found[2].state == .uncertain)
        #expect(found[2].doubt == digest)
        #expect(found[2].attempts == 3)
        #expect(found[2].failingSince == at(1_795_515_300_000))
        #expect(found[2].nextAt == at(1_795_515_310_000))
    }

    /// The first version that keeps deadlines.
    @Test func deadlinesAreWhatTheyWere() throws {
        var found: [FilingEntry] = []
        for line in try lines("ledger", of: "v1-deadlines") {
            guard case .filing(let identity)? = LedgerKey(line.record.key ?? [], partition: 3) else { continue }
            found.append(try FilingEntry(identity, json: try #require(line.record.value)))
        }
        try #require(found.count == 3)
        #expect(found[0].deadline?.notice == CalendarDate("2026-10-02"))
        #expect(found[0].deadline?.warned == .sevenDays)
        #expect(found[1].deadline?.notice == CalendarDate("2026-10-05"))
        #expect(found[1].deadline?.warned == nil)
        #expect(found[1].filed == nil)
        #expect(found[2].deadline == nil)
        #expect(found[2].filed?.isPreliminary == true)
        #expect(found[2].filed?.finalDeadline?.notice == CalendarDate("2026-10-02"))
        #expect(found[2].filed?.finalDeadline?.warned == .fourteenDays)
    }

    @Test func ordersToEraseAndTheirAnswersAreRead() throws {
        let order = parsed(try lines("claim-requests", of: "v1-erase")[0].record, .claimRequests)
        let read = ErasureOrder(id: "20261124T101500-4f2a91", by: "ops@admin-1", note: "case 4711", mark: "fefe")
        #expect(order == .erasure(read))
        var partition = RestoredPartition()
        var answers: [Erasure] = []
        for line in try lines("ledger", of: "v1-erase") {
            let key = try #require(LedgerKey(line.record.key ?? [], partition: 3))
            try partition.add(key, line.record, RecordParser(isProduction: false), Seal(nil))
            guard case .erasure(let offset) = key else { continue }
            answers.append(try Erasure(offset: offset, json: try #require(line.record.value)))
        }
        #expect(partition.filingCount == 1)
        #expect(partition.unsettled.values.first?.givenUpFor == PersonKey([1]))
        #expect(answers.map(\.offset) == [1207, 1208])
        #expect(
            answers.map(\.result) == [
                .erased(filings: 3), .refused(UnfinishedWork(requests: 2, notifications: 1, inDoubt: 4)),
            ])
        #expect(answers[0].order.by == "ops@admin-1")
        #expect(answers[0].order.note == "case 4711")
        #expect(answers[0].order.mark == "3f9a")
        #expect(answers[0].at == Timestamp(milliseconds: 1_795_515_300_000))
    }

    @Test func followedEstatesAreRestored() throws {
        var partition = RestoredPartition()
        var estates: [FollowedEstate] = []
        for line in try lines("ledger", of: "v2") {
            let key = try #require(LedgerKey(line.record.key ?? [], partition: 3))
            try partition.add(key, line.record, RecordParser(isProduction: false), Seal(nil))
            let value = try #require(line.record.value)
            switch key {
            case .estate(let id): estates.append(try FollowedEstate(id, json: value, headers: line.record.headers))
            case .filing(let identity):
                #expect(try FilingEntry(identity, json: value).filed?.status == "anerkendt")
            case .request, .notification, .checkpoint, .erasure: break
            }
        }
        #expect(
            estates == [
                FollowedEstate(
                    id: EstateID("bo-8410"), key: Array("7cbff6b42769f95c4ca41d3504c4c18b".utf8), status: "aaben",
                    treatment: "privat skifte", noticeDate: CalendarDate("2026-10-02")),
                FollowedEstate(
                    id: EstateID("bo-8411"), key: Array("k".utf8), status: "afsluttet",
                    closedAt: Timestamp(milliseconds: 1_795_515_300_000)),
            ])
        #expect(partition.followedEstates == 2)
        let at = { (milliseconds: Int64) in Timestamp(milliseconds: milliseconds) }
        #expect(
            partition.checkpoint == FollowCheckpoint(since: at(1_795_514_400_000), at: at(1_795_515_300_000)))
    }

    @Test func theAuditOfDeadLettersIsRead() throws {
        let line = try lines("audit")[0]
        let entry = try #require(AuditEntry(json: line.record.value ?? []))
        #expect(entry.newest.state == .replayed)
        #expect(entry.newest.run == "20261124T101500-4f2a91")
        #expect(entry.newest.count == 2)
        #expect(entry.newest.target?.offset == 1300)
        #expect(entry.newest.edits == ["source.system=***"])
        #expect(entry.earlier.map(\.state) == [.discarded])
    }

    @Test func deadLettersAreRead() throws {
        let headers = LetterHeaders(try lines("dead-letters")[0].record)
        #expect(headers.category == "validation")
        #expect(headers.reason == "malformed")
        #expect(headers.fingerprint == "0123456789abcdef")
        #expect(headers.repeats == 2)
        #expect(headers.sourceOffset == "1300")
        #expect(headers.replayOf == LetterPlace(partition: 3, offset: 1204))
        #expect(headers.replayCount == 1)
    }
}
