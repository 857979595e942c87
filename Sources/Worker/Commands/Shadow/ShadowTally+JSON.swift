import Engine
import Estates
import JSON

/// The report for programs.
extension ShadowTally {
    var json: String {
        let bytes = JSONWriter.object { root in
            root.array("requests") { list in
                let rows = replies.sorted {
                    ($0.key.kind, $0.key.action, $0.key.outcome) < ($1.key.kind, $1.key.action, $1.key.outcome)
                }
                for (row, count) in rows {
                    list.object { object in
                        object.field("kind", row.kind)
                        object.field("action", row.action)
                        object.field("outcome", row.outcome)
                        object.field("count", count)
                    }
                }
            }
            root.array("creditors") { list in
                for (party, share) in sortedCreditors {
                    list.object { object in
                        object.field("cvr", party.cvr)
                        object.field("onBehalfOf", party.onBehalfOf)
                        object.field("principal", Money(oere: share.principal).description)
                        counts("outcomes", share.outcomes, &object)
                    }
                }
            }
            counts("notifications", notifications, &root)
            root.object("unanswered") { object in
                object.field("claimRequests", waiting(.claimRequests))
                object.field("deathNotifications", waiting(.deathNotifications))
            }
            root.array("deadLetters") { list in
                for (kind, count) in sortedLetters {
                    list.object { object in
                        object.field("category", kind.category)
                        object.field("reason", kind.reason)
                        object.field("count", count)
                        object.field("remedy", FailureReason(rawValue: kind.reason)?.remedy)
                    }
                }
            }
            root.object("filedByOthers") { object in
                object.field("same", adopted)
                object.field("changed", changesOfOthers)
            }
            root.field("strangers", strangers)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func counts(_ name: StaticString, _ counts: [String: Int], _ root: inout JSONWriter) {
        root.object(name) { object in
            for (name, count) in counts.sorted(by: { $0.key < $1.key }) {
                object.name(dynamic: name)
                object.integer(Int64(count))
            }
        }
    }
}
