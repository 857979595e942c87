import CKafka

extension Offset {
    /// librdkafka's number for it.
    var native: Int64 {
        switch self {
        case .at(let number): number
        case .beginning: Int64(RD_KAFKA_OFFSET_BEGINNING)
        case .end: Int64(RD_KAFKA_OFFSET_END)
        case .none: Int64(RD_KAFKA_OFFSET_INVALID)
        }
    }

    init(native: Int64) {
        self =
            switch native {
            case 0...: .at(native)
            case Int64(RD_KAFKA_OFFSET_BEGINNING): .beginning
            case Int64(RD_KAFKA_OFFSET_END): .end
            default: .none
            }
    }
}
