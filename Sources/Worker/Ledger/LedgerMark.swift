import Engine
import Kafka

/// Whose ledger it is, on each of a shadow's records: a header of ours before all others but the writer's. A worker that
/// files writes none, so that its ledgers are as they always were; a sender's own header of that name comes after ours.
///
/// What a shadow says was filed was not, so neither may ever go on from what the other has written.
enum LedgerMark {
    private static let name = "proklama.ledger.mode"

    static func headers(_ mode: FilingMode) -> [Header] {
        switch mode {
        case .live: []
        case .shadow: [Header(name, text: mode.rawValue)]
        }
    }

    /// In which mode the record was written.
    static func mode(of headers: [Header]) -> FilingMode {
        LedgerWriter.others(headers).first?.name == name ? .shadow : .live
    }

    /// The headers that the record would have without that one and without the writer's.
    static func others(_ headers: [Header]) -> ArraySlice<Header> {
        let others = LedgerWriter.others(headers)
        return others.first?.name == name ? others.dropFirst() : others
    }
}
