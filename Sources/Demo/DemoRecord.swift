import Engine

/// A record of the demonstration, and what must become of it.
struct DemoRecord {
    let input: InputTopic
    let key: [UInt8]?
    let value: [UInt8]?
    let expectation: Expectation
}
