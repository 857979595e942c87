/// Settings of librdkafka by name, as its CONFIGURATION.md lists them. An unknown name or an impossible value is refused
/// when a client is made, with the name in the error.
public typealias ClientSettings = [String: String]
