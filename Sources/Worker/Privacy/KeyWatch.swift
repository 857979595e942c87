import EventLoop
import Portal

/// Looks every other second whether `encryption.key.file` was replaced. Belongs to the loop's thread.
final class KeyWatch {
    private static let interval: Int64 = 2_000_000_000

    private let file: String
    private let seal: Seal
    private let log: Log
    private var stamp: FileStamp?
    private var timer: EventLoop.Timer?

    /// - Parameter stamp: from before the keys were read that `seal` has.
    init(file: String, stamp: FileStamp?, seal: Seal, loop: EventLoop, log: Log) {
        self.file = file
        self.stamp = stamp
        self.seal = seal
        self.log = log
        timer = loop.makeTimer { [unowned self] in look() }
        timer?.deadline = MonotonicClock.nanoseconds() + KeyWatch.interval
    }

    private func look() {
        timer?.deadline = MonotonicClock.nanoseconds() + KeyWatch.interval
        let newest = FileStamp(file)
        guard newest != stamp else { return }
        stamp = newest
        switch KeyFile.read(file) {
        case .success(let keyring):
            guard keyring != seal.keyring else { return }
            seal.replace(keyring)
            log.info(
                "encryption.keys-replaced", "other keys are in use for personal data",
                ["seals": .text(keyring.first.name), "keys": .number(Int64(keyring.keys.count))])
        case .failure(let problems):
            // It may be half written: the next change is looked at again.
            for message in problems.messages {
                log.error("encryption.keys-unusable", "\(file): \(message); the keys in use are kept")
            }
        }
    }
}

/// `encryption.key.file`.
enum KeyFile {
    static func read(_ file: String) -> Result<Keyring, KeyringProblems> {
        do throws(FileProblem) {
            let text = try TextFile.read(file)
            do throws(KeyringProblems) { return .success(try Keyring(text: text)) } catch { return .failure(error) }
        } catch {
            return .failure(KeyringProblems(["cannot be read: \(error)"]))
        }
    }
}
