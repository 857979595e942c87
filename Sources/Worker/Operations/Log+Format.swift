import Estates
import JSON

extension Log {
    static func json(
        _ level: LogLevel, _ event: String, _ message: String, _ fields: KeyValuePairs<String, LogValue>
    ) -> [UInt8] {
        JSONWriter.object { line in
            line.field("time", now().description)
            line.field("level", level.rawValue)
            line.field("event", event)
            line.field("message", message)
            for (name, value) in fields {
                line.name(dynamic: name)
                switch value {
                case .text(let text): line.string(text)
                case .number(let number): line.integer(number)
                }
            }
        }
    }

    static func text(
        _ level: LogLevel, _ event: String, _ message: String, _ fields: KeyValuePairs<String, LogValue>
    ) -> [UInt8] {
        var line = "\(now().description.dropFirst(11).dropLast()) \(level.rawValue.uppercased()) \(message)"
        for (name, value) in fields {
            switch value {
            case .text(let text): line += " \(name)=\(text)"
            case .number(let number): line += " \(name)=\(number)"
            }
        }
        return line.utf8.map { $0 == UInt8(ascii: "\n") ? UInt8(ascii: " ") : $0 }
    }
}
