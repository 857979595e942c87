import Glibc

enum Thread {
    /// Lets 10 ms go by.
    static func pause() { usleep(10_000) }
}
