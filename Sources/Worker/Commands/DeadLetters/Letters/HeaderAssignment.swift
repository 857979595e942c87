/// `name=value`, as `--where` and `--edit-header` take it.
enum HeaderAssignment {
    static func parse(
        _ text: String, of option: CommandOption
    ) throws(CommandFailure) -> (name: String, value: String) {
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
            throw CommandFailure(.usage, "\(option.name) wants \(option.value ?? "NAME=VALUE"), not '\(text)'")
        }
        return (String(text[..<equals]), String(text[text.index(after: equals)...]))
    }
}
