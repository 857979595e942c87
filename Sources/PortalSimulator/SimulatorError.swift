/// Why a simulator does not start, or takes an option or an estate not.
public enum SimulatorError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A command-line option is wrong; the text says which.
    case usage(String)
    /// The address is in use, or may not be had.
    case cannotListen(address: String, reason: String)
    /// The HTTP server does not start, for example because a certificate does not fit its key.
    case cannotServe(String)
    /// An estate is not in the form of the contract; no personal data is in the text.
    case invalidEstate(String)
    case unknownFault(String)
    case cannotRead(file: String, reason: String)

    public var description: String {
        switch self {
        case .usage(let message): message
        case .cannotListen(let address, let reason): "cannot listen on \(address): \(reason)"
        case .cannotServe(let reason): "cannot serve: \(reason)"
        case .invalidEstate(let reason): "invalid estate: \(reason)"
        case .unknownFault(let name): "unknown fault \(name)"
        case .cannotRead(let file, let reason): "cannot read \(file): \(reason)"
        }
    }

    /// The same, with the place in front of an estate's reason.
    func located(_ place: String) -> SimulatorError {
        if case .invalidEstate(let reason) = self { return .invalidEstate("\(place): \(reason)") }
        return self
    }
}
