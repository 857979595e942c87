import Kafka

/// Tells what a replay refuses without being told more.
struct ObstacleCheck: Sendable {
    let topics: TopicNames
    /// Where all of them shall go, whatever their headers say.
    let target: String?
    /// How many times in a row a record may have failed the same way.
    let mostRepeats: Int

    func obstacle(_ headers: LetterHeaders) -> ReplayObstacle? {
        if headers.sealedWith != nil, !headers.isTruncated { return .sealed }
        if target == nil {
            guard let place = headers.sourcePlace, topics.input(named: place.topic) != nil else {
                return .sourceUnknown
            }
        }
        return headers.repeats >= mostRepeats ? .failedTooOften : nil
    }
}
