import Kafka
import Synchronization

/// Seals what holds personal data, and opens it again, with the keys in force. Several threads use it, and the loop's
/// replaces the keys, so they stand behind a lock that is held for a copy only.
final class Seal: Sendable {
    /// Names the key that a value is sealed with. A value without it is as it was.
    static let header = "proklama.encrypted"

    private let keys: Mutex<Keyring?>

    /// - Parameter keys: nil seals nothing.
    init(_ keys: Keyring?) { self.keys = Mutex(keys) }

    func replace(_ keyring: Keyring) { keys.withLock { $0 = keyring } }

    var keyring: Keyring? { keys.withLock { $0 } }

    /// The value as it is to be written, and the header that goes before the others; both unchanged without keys.
    ///
    /// - Parameter context: what it belongs to, so that no other record's value can be put in its place.
    func close(_ value: [UInt8]?, context: [UInt8]) -> (value: [UInt8]?, header: Header?) {
        guard let value, let key = keyring?.first else { return (value, nil) }
        guard let sealed = AES256GCM.seal(value, with: key, context: context) else {
            // Writing it in the clear is what the operator has ruled out, and without randomness nothing is safe here.
            preconditionFailure("OpenSSL cannot encrypt")
        }
        return (sealed, Header(Seal.header, text: key.name))
    }

    /// - Parameter name: of the key, from the header.
    func open(_ value: [UInt8], key name: String, context: [UInt8]) throws(SealProblem) -> [UInt8] {
        guard let key = keyring?.key(named: name) else { throw .keyMissing(name) }
        guard let opened = AES256GCM.open(value, with: key, context: context) else { throw .doesNotOpen(name) }
        return opened
    }
}

/// Why a sealed value cannot be read.
enum SealProblem: Error, Hashable, CustomStringConvertible {
    case keyMissing(String)
    case doesNotOpen(String)

    var description: String {
        switch self {
        case .keyMissing(let name):
            "it is sealed with the key '\(name)', which encryption.key.file does not have: put that key back, below the others"
        case .doesNotOpen(let name):
            "it is sealed with a key named '\(name)', and the one of that name in encryption.key.file does not open it: "
                + "it is another key, or the record was changed"
        }
    }
}
