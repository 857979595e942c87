import Kafka

extension OutgoingRecord {
    /// This dead letter, or what of it fits: first the original's value is left out, then its headers, then its key.
    ///
    /// A header tells that, and how many bytes the value had. Nothing is lost: the original still stands at its source,
    /// which the letter names.
    func truncated(to limit: Int) -> OutgoingRecord {
        guard RecordSize.of(self) > limit else { return self }
        var letter = self
        letter.value = nil
        letter.headers.append(Header(LetterHeaderName.truncated, text: String(value?.count ?? 0)))
        guard RecordSize.of(letter) > limit else { return letter }
        // By their names: a sender's header may be named like ours.
        letter.headers.removeAll { !LetterHeaderName.isOfFailure($0.name) && !LetterHeaderName.isOfReplay($0.name) }
        guard RecordSize.of(letter) > limit else { return letter }
        letter.key = nil
        guard RecordSize.of(letter) > limit else { return letter }
        // The last that somebody else can have written.
        letter.headers.removeAll { LetterHeaderName.isOfReplay($0.name) }
        return letter
    }
}
