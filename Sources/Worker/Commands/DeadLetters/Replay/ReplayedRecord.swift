import Kafka

/// A dead letter as it is put back: key, value and headers as they were, and a few of ours.
///
/// The headers of the failure are taken off but for those that the next dead letter counts on from
/// (`LetterHeaderName.isCarriedOn`), and those of an earlier replay are replaced, so nothing piles up. The record gets the
/// present time: with its own, an old one would fall to the topic's retention at once. Its own is in the audit's letter.
enum ReplayedRecord {
    /// - Parameters:
    ///   - contents: has key, value and headers: the letter itself, or the source record when the letter is truncated.
    ///   - at: RFC 3339.
    static func make(
        of letter: Record, _ headers: LetterHeaders, contents: Record, _ changes: ReplayChanges, run: RunIdentity,
        at: String
    ) -> OutgoingRecord? {
        let place: (topic: String, partition: Int32?)
        if let topic = changes.topic {
            place = (topic, nil)
        } else if let source = headers.sourcePlace {
            place = (source.topic, source.partition)
        } else {
            return nil
        }
        var result = contents.headers.filter {
            !LetterHeaderName.isOfFailure($0.name) && !LetterHeaderName.isOfReplay($0.name)
        }
        for edit in changes.headers { set(edit.name, edit.value, in: &result) }
        result += letter.headers.filter { LetterHeaderName.isCarriedOn($0.name) }
        if letter.header(LetterHeaderName.fingerprint) == nil {
            // Written before there were fingerprints.
            result.append(Header(LetterHeaderName.fingerprint, text: headers.fingerprint))
            result.append(Header(LetterHeaderName.repeats, text: String(headers.repeats)))
        }
        let of = LetterPlace(partition: letter.partition, offset: letter.offset)
        result.append(Header(LetterHeaderName.replayCount, text: String(headers.replayCount + 1)))
        result.append(Header(LetterHeaderName.replayID, text: run.id))
        result.append(Header(LetterHeaderName.replayAt, text: at))
        result.append(Header(LetterHeaderName.replayOf, text: of.description))
        return OutgoingRecord(
            topic: place.topic, partition: place.partition, key: contents.key, value: contents.value, headers: result)
    }

    /// The first header of that name gets the value, further ones go; without one it is added.
    private static func set(_ name: String, _ value: String, in headers: inout [Header]) {
        let header = Header(name, text: value)
        guard let first = headers.firstIndex(where: { $0.name == name }) else {
            headers.append(header)
            return
        }
        headers[first] = header
        headers = headers.enumerated().filter { $0.offset <= first || $0.element.name != name }.map(\.element)
    }
}
