import Estates

/// Following the estates in which we have filings: when a round begins and ends, and which estates are in it.
extension Partition {
    /// The estate of a filing has been found: from now on it is followed. One that is followed already is left as it was
    /// last seen; the next round tells what has changed since.
    mutating func beginFollowing(_ estate: Estate, for identity: FilingIdentity, _ shared: inout Shared) {
        guard let settings = shared.settings.following, let key = filings[identity]?.newest?.record.key,
            followed.row(of: estate.id) == nil
        else { return }
        followed.put(FollowedEstate(estate, key: key, at: shared.now.wall))
        changedEstates.append(estate.id)
        shared.statistics.count(.estateFollowed)
        guard checkpoint == nil else { return }
        // Nothing was followed before, so nothing is missed; and whatever our clock says, an estate that was found
        // a moment ago was as it is now some days ago or has changed since.
        let since = Timestamp(milliseconds: shared.now.wall.milliseconds - settings.firstOverlap)
        setCheckpoint(FollowCheckpoint(since: since, at: shared.now.wall))
        planRound(after: settings.interval, &shared)
    }

    /// The ledger has been read.
    mutating func restoreFollowing(_ restored: RestoredPartition, _ shared: inout Shared) {
        followed = restored.followed
        checkpoint = restored.checkpoint
        guard let settings = shared.settings.following, let checkpoint else { return }
        // When it is due is taken from a time of day, which may be wrong.
        let passed = shared.now.wall.milliseconds - checkpoint.at.milliseconds
        planRound(after: min(max(0, settings.interval - passed), settings.interval), &shared)
    }

    private mutating func setCheckpoint(_ new: FollowCheckpoint) {
        checkpoint = new
        isCheckpointChanged = true
    }

    /// Spread by a tenth of the interval to either side: workers and partitions are not to ask in step.
    private mutating func planRound(after wait: Int64, _ shared: inout Shared) {
        guard let settings = shared.settings.following else { return }
        let spread = settings.interval / 10
        let jitter = Int64.random(in: 0...(2 * spread), using: &shared.random)
        followLater(after: max(0, wait - spread) + jitter, &shared)
    }

    private mutating func followLater(after wait: Int64, _ shared: inout Shared) {
        let at = shared.now.monotonic + max(1, wait)
        followAt = at
        shared.timers.add(alarm(.following, at: at))
    }

    mutating func followingDue(at: Int64, _ shared: inout Shared) {
        guard stage == .active, followAt == at, let checkpoint else { return }
        followAt = nil
        if round == nil {
            endFollowing(&shared)
            round = FollowRound(since: checkpoint.since, startedAt: shared.now, end: followed.rowCount)
        }
        goOn(&shared)
    }

    /// Asks the next question, or ends the round.
    mutating func goOn(_ shared: inout Shared) {
        guard let current = round else { return }
        if current.isOver {
            finishRound(current, &shared)
        } else {
            round?.call = .queued
            shared.calls.enqueue(caller(.following, at: shared.now.wall))
        }
    }

    /// The question has not been answered, and is asked again later.
    mutating func askAgain(_ failure: PortalFailure, _ shared: inout Shared) {
        round?.failures += 1
        round?.call = .idle
        let wait = shared.backoff(
            failures: round?.failures ?? 1, in: shared.retryBackoff, atLeast: failure.retryAfter)
        followLater(after: wait, &shared)
    }

    private mutating func finishRound(_ done: FollowRound, _ shared: inout Shared) {
        guard let settings = shared.settings.following, checkpoint != nil else { return }
        round = nil
        let startedAt = done.startedAt.wall
        if done.isWhole { brokenSince = nil } else { brokenSince = brokenSince ?? startedAt }
        let isGivenUp = brokenSince.map { startedAt.milliseconds - $0.milliseconds > settings.horizon } ?? false
        if isGivenUp { brokenSince = nil }
        if done.isWhole || isGivenUp {
            // The portal's clock, if it told: the changes bear its time.
            let since: Int64
            if let portalTime = done.portalTime {
                since = portalTime.milliseconds - settings.overlap
            } else {
                since = startedAt.milliseconds - settings.firstOverlap
            }
            setCheckpoint(FollowCheckpoint(since: Timestamp(milliseconds: since), at: startedAt))
        }
        if done.isWhole {
            shared.statistics.count(.followRound)
        } else if isGivenUp, let checkpoint {
            shared.statistics.count(.followRoundGivenUp)
            shared.commands.append(
                .report(.followingGivenUp(partition: number, from: done.since, to: checkpoint.since)))
        } else {
            shared.statistics.count(.followRoundBroken)
            shared.commands.append(.report(.followingIncomplete(partition: number, since: done.since)))
        }
        let passed = shared.now.monotonic - done.startedAt.monotonic
        planRound(after: max(0, settings.interval - passed), &shared)
    }

    /// An estate is followed no longer when we have nothing in it any more, or when it has been closed for long.
    private mutating func endFollowing(_ shared: inout Shared) {
        guard let settings = shared.settings.following, followed.rowCount > 0 else { return }
        var isKept = Array(repeating: false, count: followed.rowCount)
        settled.visitStanding { estate in if let row = followed.row(of: estate) { isKept[row] = true } }
        for filing in filings.values {
            for id in [filing.estate, filing.filed?.knownEstate] {
                if let row = id.flatMap({ followed.row(of: $0) }) { isKept[row] = true }
            }
        }
        let limit = shared.now.wall.milliseconds - settings.afterClosure
        for row in isKept.indices where isKept[row] {
            if let closedAt = followed.closedAt(row), closedAt.milliseconds < limit { isKept[row] = false }
        }
        for id in followed.sweep(isKept: isKept) {
            records.append(.forgetEstate(id))
            shared.statistics.count(.estateUnfollowed)
        }
    }

    /// The person is erased: what was last seen of their estate bears their key.
    mutating func unfollow(_ person: PersonKey, _ shared: inout Shared) {
        for row in 0..<followed.rowCount {
            guard let estate = followed.estate(at: row), PersonKey(estate.key) == person else { continue }
            followed.remove(estate.id)
            records.append(.forgetEstate(estate.id))
            shared.statistics.count(.estateUnfollowed)
        }
    }
}
