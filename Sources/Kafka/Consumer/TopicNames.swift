import CKafka
import Glibc
import Synchronization

/// The names of the topics that a consumer reads, each made into a `String` once and not for each record.
final class TopicNames: Sendable {
    private let known = Mutex<[String]>([])

    /// Compared by contents, not by the topic's address: the library may free a topic and use its memory for another.
    func name(of topic: OpaquePointer?) -> String {
        guard let text = rd_kafka_topic_name(topic) else { return "" }
        let length = strlen(text)
        return known.withLock { known in
            for name in known where name.utf8.count == length && strncmp(name, text, length) == 0 { return name }
            let name = String(cString: text)
            known.append(name)
            return name
        }
    }
}
