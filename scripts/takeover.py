#!/usr/bin/env python3
"""Measures takeovers: one of several workers is killed (kill -9) or told to stop (SIGTERM), under load.

There are no other faults. After a kill all that the worker's partitions owe must be answered within session.timeout.ms
and filing.lease, what was in doubt included; after SIGTERM within two seconds. Prints each round, and ends with the
audit. A bound that is exceeded is said; by more than three seconds, which may be a small machine's noise, it fails the
run. A worker that left without a word would be missed only after the session's six seconds.

  scripts/takeover.py
  scripts/takeover.py --workers 2 3 --rounds 5
  scripts/takeover.py --workers 2 --brokers 3 --rounds 3 --defaults     with the session and the lease that users have
"""

from __future__ import annotations

import environment  # noqa: F401

# isort: split

import argparse
import itertools
import re
import signal
import statistics
import sys
import time

import audit
from harness import Kafka, Stage, Worker, common_options, play
from machine import Failure, say, wait_until
from progress import Takeover
from stream import Feeder, Watcher
from traffic import claims

#: So that a round takes some fifteen seconds.
SHORT = {"portal.call.timeout": "2s", "filing.lease": "11s", "kafka.session.timeout.ms": "6000"}
#: Seconds from SIGTERM until the partitions' requests are answered again.
AFTER_STOP = 2.0
#: Seconds that two processors may add to a bound when they have a broker and three workers to carry.
NOISE = 3.0
SIGNALS = {"kill -9": signal.SIGKILL, "SIGTERM": signal.SIGTERM}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, nargs="+", default=[2, 3], help="how many; one part of the run for each")
    parser.add_argument("--rounds", type=int, default=3, help="of each kind, for each number of workers")
    parser.add_argument("--brokers", type=int, default=1, choices=(1, 3))
    parser.add_argument("--partitions", type=int, default=6)
    parser.add_argument("--rate", type=float, default=60, help="requests a second")
    parser.add_argument("--latency", type=int, default=150, help="of the portal, in milliseconds")
    parser.add_argument("--defaults", action="store_true", help="leave session, lease and call time-out as they are")
    common_options(parser)
    return parser.parse_args()


def seconds(text: str) -> float:
    """A duration as settings have it."""
    found = re.fullmatch(r"(\d+)(ms|s|m|h|d)", text)
    if not found:
        raise Failure(f"'{text}' is no duration")
    return int(found[1]) * {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400}[found[2]]


def bounds(worker: Worker) -> dict[str, float]:
    """What each kind of takeover may take, by the settings in force."""
    found = worker.in_force()
    session = int(found["kafka.session.timeout.ms"]) / 1000
    lease = seconds(found["filing.lease"])
    say(f"in force: session.timeout.ms {session:g} s, filing.lease {lease:g} s, together {session + lease:g} s")
    return {"kill -9": session + lease, "SIGTERM": AFTER_STOP}


def is_balanced(workers: list[Worker], partitions: int) -> bool:
    """Each partition has one owner, and each worker some."""
    owned = [worker.partitions() for worker in workers]
    return all(owned) and sorted(itertools.chain(*owned)) == list(range(partitions))


def leave(worker: Worker, kind: str, feeder: Feeder, watcher: Watcher, bound: float) -> Takeover:
    partitions = worker.partitions()
    at = time.time()
    worker.send(SIGNALS[kind])
    takeover = watcher.follow(Takeover(kind, at, partitions, feeder.ends))
    try:
        wait_until(lambda: takeover.is_over, bound + 30, "the partitions' requests are answered again")
    except Failure as failure:
        say(str(failure))
    status = worker.end(SIGNALS[kind])
    if kind == "SIGTERM" and status != 0:
        raise Failure(f"{worker.name} ended with {status} on SIGTERM; {worker.log} ends:\n{worker.tail()}")
    again, settled = takeover.again, takeover.all_settled
    say(
        f"{kind:7} of {worker.name}, partitions {partitions}: new requests answered after {words(again)}, "
        f"all of before after {words(settled)}"
    )
    return takeover


def words(found: float | None) -> str:
    return "NOT AT ALL" if found is None else f"{found:.2f} s"


def is_within(takeover: Takeover, bound: float) -> bool:
    return all(found is not None and found <= bound for found in (takeover.again, takeover.all_settled))


def distribution(name: str, figures: list[float | None], bound: float) -> str:
    known = sorted(one for one in figures if one is not None)
    if not known:
        return f"  {name}: never"
    median = statistics.median(known)
    every = " ".join(f"{one:.2f}" for one in known)
    return f"  {name}: median {median:.2f} s, longest {known[-1]:.2f} s, bound {bound:g} s    ({every})"


def table(found: dict[tuple[int, str], list[Takeover]], limits: dict[str, float]) -> str:
    lines = []
    for (count, kind), takeovers in found.items():
        lines.append(f"{kind} of one of {count} workers, {len(takeovers)} rounds")
        lines.append(distribution("new requests are answered", [one.again for one in takeovers], limits[kind]))
        lines.append(distribution("all of before is settled ", [one.all_settled for one in takeovers], limits[kind]))
    return "\n".join(lines)


def rounds(
    workers: list[Worker], options: argparse.Namespace, feeder: Feeder, watcher: Watcher, limits: dict[str, float]
) -> dict[tuple[int, str], list[Takeover]]:
    """The last worker leaves at times, and the first, so the group's leader too."""
    found: dict[tuple[int, str], list[Takeover]] = {}
    for number, kind in itertools.product(range(options.rounds), SIGNALS):
        wait_until(lambda: is_balanced(workers, options.partitions), 60, "each worker has partitions", 0.2)
        time.sleep(1.5)  # of load
        worker = workers[(number + len(workers) - 1) % len(workers)]
        takeover = leave(worker, kind, feeder, watcher, limits[kind])
        found.setdefault((len(workers), kind), []).append(takeover)
        worker.start()
        worker.wait_ready(60)
    return found


def run(stage: Stage, options: argparse.Namespace) -> bool:
    kafka: Kafka = stage.kafka(options.brokers)
    portal = stage.simulator("--latency", str(options.latency))
    file = stage.settings_file(kafka, portal.url, {} if options.defaults else SHORT)
    stage.create_topics(file, options.partitions, options.brokers)
    watcher = Watcher(kafka.bootstrap)
    feeder = Feeder(kafka.bootstrap)
    workers: list[Worker] = []
    found: dict[tuple[int, str], list[Takeover]] = {}
    limits: dict[str, float] = {}
    feeder.start(options.rate, claims(10_000_000, "takeover"))
    for count in sorted(options.workers):
        while len(workers) < count:
            workers.append(stage.worker(f"worker-{len(workers) + 1}", file))
        for worker in workers:
            worker.wait_ready()
        limits = limits or bounds(workers[0])
        found |= rounds(workers, options, feeder, watcher, limits)
    feeder.stop()
    feeder.flush()
    alive = watcher.wait_for_all(120)
    watcher.close()
    verdict = audit.audit(kafka.bootstrap, portal.url)
    print(f"\n{table(found, limits)}\n\n{audit.summary(verdict)} of {verdict.requests} requests")
    takeovers = list(itertools.chain(*found.values()))
    over = [one for one in takeovers if not is_within(one, limits[one.kind])]
    late = [one for one in over if not is_within(one, limits[one.kind] + NOISE)]
    if over:
        print(f"{len(over)} takeovers took longer than they may, {len(late)} of them by more than noise")
    if not verdict.passed:
        print(audit.table(verdict))
    return not late and alive and verdict.passed


def main() -> int:
    options = arguments()
    return play("takeover", options, lambda stage: run(stage, options))


if __name__ == "__main__":
    sys.exit(main())
