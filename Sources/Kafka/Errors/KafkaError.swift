/// What librdkafka or a broker refused, and what may be done about it.
///
/// **Branch on the flags, never on the name**: the same name comes with different flags (`_TIMED_OUT` was seen with all
/// three). In a transaction:
///
/// - `isFatal`: this client is finished. Make a new one, `initTransactions`, read `Consumer.committed`, and write again
///   only what lies above it. A fatal answer to an *abort* is ordinary.
/// - `requiresAbort`: `abortTransaction`, then write the same again in a new transaction with fresh `groupMetadata()`.
///   `ILLEGAL_GENERATION` in a rebalance is of this kind, and ordinary.
/// - `isRetriable`: make the same call with the same arguments again, without limit; it goes on where it was. A
///   `commitTransaction` that says so has neither committed nor aborted yet.
/// - None of them: the call was wrong or refused, and making it again will not help.
///
/// Where librdkafka gives no flags with an error (all calls but the transactional ones), they are derived from its code.
public struct KafkaError: Error, Hashable, Sendable {
    /// librdkafka's `rd_kafka_resp_err_t`: positive numbers are the Kafka protocol's, negative ones the library's own.
    public let code: Int32
    /// The code's name, such as `ILLEGAL_GENERATION`; the library's own ones begin with an underscore.
    public let name: String
    /// What happened, for people. It may name topics, hosts and settings; it holds no record contents.
    public let message: String
    /// The client can do nothing any more.
    public let isFatal: Bool
    /// The same call may succeed later.
    public let isRetriable: Bool
    /// The current transaction can only be aborted.
    public let requiresAbort: Bool

    /// Makes an error by hand, for tests of those who handle it.
    public init(
        _ code: Code, message: String = "", isFatal: Bool = false, isRetriable: Bool = false,
        requiresAbort: Bool = false
    ) {
        self.init(
            code: code.rawValue, name: Self.name(of: code.rawValue), message: message, isFatal: isFatal,
            isRetriable: isRetriable, requiresAbort: requiresAbort)
    }

    init(code: Int32, name: String, message: String, isFatal: Bool, isRetriable: Bool, requiresAbort: Bool) {
        self.code = code
        self.name = name
        self.message = message
        self.isFatal = isFatal
        self.isRetriable = isRetriable
        self.requiresAbort = requiresAbort
    }

    /// The same, but not to be tried again.
    public var final: KafkaError {
        KafkaError(
            code: code, name: name, message: message, isFatal: isFatal, isRetriable: false,
            requiresAbort: requiresAbort)
    }

    /// Whether it is this one. For telling, logging and counting; what to do next, the flags say.
    public func `is`(_ code: Code) -> Bool { self.code == code.rawValue }

    /// Whether the brokers could not be reached: no connection, no such host, or all of them are down.
    public var isConnectionProblem: Bool { self.is(.transport) || self.is(.resolve) || self.is(.allBrokersDown) }
}

extension KafkaError: CustomStringConvertible {
    /// `NAME: message`.
    public var description: String { message.isEmpty ? name : "\(name): \(message)" }
}
