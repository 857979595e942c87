import Engine
import Estates

/// One record that is produced in a run.
struct Item {
    let index: Int
    let time: Int64
    let record: OriginalRecord
    let parsed: ParsedRecord
    /// Of the filing, when it is a request about one.
    let filing: Int?
    let person: Int

    var source: Source { record.source }
    var partition: Int32 { record.source.partition }
}
