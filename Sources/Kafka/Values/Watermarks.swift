/// The ends of a partition: `low` is the oldest offset still there, `high` the one behind the last. What "last" means
/// depends on who was asked: see `Consumer.cachedWatermarks` and `Consumer.queryWatermarks`.
public typealias Watermarks = (low: Int64, high: Int64)
