import CKafka

/// The C library underneath.
public enum KafkaLibrary {
    /// librdkafka's version, such as `2.0.2`: the one at run time, not the one compiled against.
    public static var version: String { String(cString: rd_kafka_version_str()) }
}
