import Glibc

/// Header lines that never change, as the mutable C strings that a `curl_slist` wants. curl only reads them.
enum FixedHeader {
    // nonisolated(unsafe): written once, before anyone can read them, and never freed.
    nonisolated(unsafe) static let accept = line("Accept: application/json")
    nonisolated(unsafe) static let json = line("Content-Type: application/json")
    nonisolated(unsafe) static let form = line("Content-Type: application/x-www-form-urlencoded")
    nonisolated(unsafe) static let noExpect = line("Expect:")

    private static func line(_ text: String) -> UnsafeMutablePointer<CChar> {
        guard let copy = strdup(text) else { preconditionFailure("out of memory") }
        return copy
    }
}
