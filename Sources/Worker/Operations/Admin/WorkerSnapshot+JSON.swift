import Driver
import Engine
import Estates
import JSON
import Kafka
import Portal

extension WorkerSnapshot {
    /// Why it is not ready, for people.
    var obstacles: [String] {
        var obstacles: [String] = []
        switch stage {
        case .running: break
        case .joining: obstacles.append("it is starting, and has no partition yet")
        case .draining: obstacles.append("it has been told to stop, and finishes what is under way")
        case .closing: obstacles.append("it is leaving its group")
        }
        if !isMember { obstacles.append("it is not a member of its group") }
        if partitionsRestoring > 0 {
            obstacles.append("the ledger is being read for \(partitionsRestoring) of its partitions")
        }
        if isShutOut, let cause = engine.gate.cause {
            let reason = "\(cause.reason.category.rawValue)/\(cause.reason.rawValue)"
            obstacles.append("the gate before the portal is closed, \(reason): \(cause.message)")
        }
        return obstacles
    }

    /// The body of `/status`.
    func json(environment: String) -> [UInt8] {
        JSONWriter.object { root in
            root.object("version") { object in
                object.field("proklama", ProductVersion.text)
                object.field("librdkafka", KafkaLibrary.version)
            }
            root.field("mode", mode.rawValue)
            root.field("environment", environment)
            root.field("stage", stage.rawValue)
            root.field("ready", isReady)
            root.array("obstacles") { list in for obstacle in obstacles { list.string(obstacle) } }
            root.field("member", isMember)
            root.field("uptimeSeconds", uptime / 1000)
            partitions(&root)
            root.object("filings") { object in
                for phase in PhaseName.allCases {
                    object.name(dynamic: phase.label)
                    object.integer(Int64(engine.filings[phase] ?? 0))
                }
            }
            root.object("deadlines") { object in
                for state in DeadlineState.allCases {
                    object.name(dynamic: state.rawValue)
                    object.object { counts in
                        for warning in DeadlineWarning.allCases where warning != .lapsed {
                            counts.name(dynamic: warning.label)
                            counts.integer(Int64(engine.nearDeadlines[DeadlineNews(state, warning)] ?? 0))
                        }
                    }
                }
            }
            root.field("notificationsPending", engine.notifications)
            root.field("personsSought", engine.persons)
            root.field("recordsAccepted", engineStatistics.acceptedRecords)
            root.object("following") { object in
                object.field("estates", engine.followedEstates)
                object.field("since", engine.followedSince?.description)
            }
            root.object("outcomes") { object in
                for (outcome, count) in engineStatistics.outcomes.sorted(by: { $0.key < $1.key }) {
                    object.name(dynamic: outcome)
                    object.integer(Int64(count))
                }
            }
            root.object("portal") { object in
                object.field("callsInFlight", portalCallsInFlight)
                object.field("callsWaiting", engine.callsWaiting)
                object.field("concurrencyLimit", engine.concurrencyLimit)
            }
            gate(&root)
            deadLetters?.write(to: &root)
            if let certificate, certificate.chain != nil { write(certificate, &root) }
            root.object("transactions") { object in
                object.field("committed", transactions.committed)
                object.field("aborted", transactions.aborted)
                object.field("unknown", transactions.unknown)
                object.field("producersRecreated", transactions.producersRecreated)
            }
        }
    }

    private func write(_ certificate: CertificateStatus, _ root: inout JSONWriter) {
        root.object("certificate") { object in
            object.field("class", certificate.certificateClass?.rawValue)
            object.field("cvr", certificate.cvr?.digits)
            object.field("daysToExpiry", certificate.daysToExpiry)
            object.field("reloads", Int64(certificate.reloads))
            object.field("failedReloads", Int64(certificate.failedReloads))
            object.field("problem", certificate.problem)
        }
    }

    private func gate(_ root: inout JSONWriter) {
        let gate = engine.gate
        root.object("gate") { object in
            object.field("state", gate.state.rawValue)
            object.field("held", gate.isHeld)
            object.field("since", gate.since?.description)
            if gate.state != .open {
                object.field("category", gate.cause?.reason.category.rawValue)
                object.field("reason", gate.cause?.reason.rawValue)
                object.field("message", gate.cause?.message)
            }
            object.field("nextProbeAt", gate.nextProbeAt?.description)
        }
    }

    private func partitions(_ root: inout JSONWriter) {
        root.array("partitions") { list in
            for partition in engine.partitions {
                list.object { object in
                    object.field("partition", Int64(partition.number))
                    object.field("stage", partition.stage)
                    object.object("positions") { positions in
                        for (input, position) in partition.positions.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                            positions.name(dynamic: input.rawValue)
                            positions.integer(position)
                        }
                    }
                    object.object("lag") { lags in
                        for entry in lag where entry.partition == partition.number {
                            lags.name(dynamic: entry.topic)
                            if let records = entry.records { lags.integer(records) } else { lags.null() }
                        }
                    }
                }
            }
        }
    }
}
