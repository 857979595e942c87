#!/usr/bin/env python3
"""End to end on a real Kafka: two workers, requests of all kinds, each worker stopped and started again in the middle.

The second worker's log goes to a full disk, which must not matter.

Starts Kafka (scripts/kafka), the simulator and the workers, and ends them. Ends with the audit: status 0 only if
every request has its one expected result.

  scripts/e2e.py
  scripts/e2e.py --requests 20000 --rate 1000 --brokers 3
  scripts/e2e.py --bootstrap 127.0.0.1:9092      use a Kafka that runs already
"""

from __future__ import annotations

import environment  # noqa: F401

# isort: split

import argparse
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import audit
import leaks
from exchanges import Recorder, problems
from harness import Kafka, Simulator, Stage, Worker, common_options, play
from machine import Failure, say
from stream import Feeder, Watcher
from traffic import Mixture

#: Short waits, so that a run ends in a minute. An estate that comes late does so after ten seconds.
SETTINGS = {
    "portal.call.timeout": "5s",
    "retry.backoff.min": "100ms",
    "retry.backoff.max": "2s",
    "estate.wait.min": "2s",
    "estate.wait.max": "4s",
    "estate.wait.horizon": "30s",
}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=4000)
    parser.add_argument("--rate", type=float, default=300, help="requests a second")
    parser.add_argument("--partitions", type=int, default=6)
    parser.add_argument("--brokers", type=int, default=1, choices=(1, 3))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--latency", type=int, default=20, help="of the portal, in milliseconds")
    parser.add_argument("--settle", type=float, default=120, help="seconds to wait for the last result")
    common_options(parser)
    return parser.parse_args()


def during(feeder: Feeder, rate: float, records: Mixture, count: int, action: Callable[[], None]) -> None:
    """Sends `count` requests, and does something in the middle of them."""
    stream = iter(records)
    feeder.send_at(rate, stream, count // 2)
    action()
    feeder.send_at(rate, stream, count - count // 2)


def restart(worker: Worker) -> None:
    began = time.monotonic()
    status = worker.end(signal.SIGTERM)
    say(f"{worker.name} left within {time.monotonic() - began:.1f} s of SIGTERM, status {status}")
    if status != 0:
        raise Failure(f"{worker.name} ended with {status} on SIGTERM; {worker.log} ends:\n{worker.tail()}")
    worker.start()


def run(stage: Stage, options: argparse.Namespace) -> bool:
    kafka: Kafka = stage.kafka(options.brokers)
    portal: Simulator = stage.simulator("--latency", str(options.latency), token_auth="any")
    token = {"portal.token.auth": "mtls", "portal.token.url": f"{portal.url}/token", "portal.client.id": "made-up"}
    file = stage.settings_file(kafka, portal.url, SETTINGS | token)
    stage.create_topics(file, options.partitions, options.brokers)
    recorder = Recorder(portal.port)
    stage.at_end(recorder.close)
    # One answers in events with their attributes in headers, the other in envelopes: readers must take both. What the
    # second says to the portal is listened to.
    own = ({"cloudevents.mode": "binary"}, {"cloudevents.mode": "structured", "portal.url": recorder.url})
    workers = [
        stage.worker("worker-1", file, own[0]),
        stage.worker("worker-2", file, own[1], log=Path("/dev/full")),
    ]
    for worker in workers:
        worker.wait_ready()
    say("two workers are ready")
    watcher = Watcher(kafka.bootstrap)
    feeder = Feeder(kafka.bootstrap)
    records = Mixture(options.seed, folder=stage.attachments)
    began = time.monotonic()
    for worker in workers:
        during(feeder, options.rate, records, options.requests // 2, lambda: restart(worker))  # noqa: B023
        feeder.flush()
        worker.wait_ready()
    say(f"{feeder.sent} requests produced in {time.monotonic() - began:.0f} s")
    if not watcher.wait_for_all(options.settle):
        say(f"{watcher.asked() - watcher.answered} requests have no result after {options.settle:.0f} s")
    for worker in workers:
        worker.alive()
    stall = watcher.longest_stall()
    watcher.close()
    verdict = audit.audit(kafka.bootstrap, portal.url)
    pages = [(f"{one.name}{path}", one.page(path)[1]) for one in workers for path in ("/status", "/readyz", "/metrics")]
    needles = leaks.needles_of(kafka.bootstrap, portal, portal.tokens())
    report = leaks.look(needles, leaks.places_of(stage, kafka.bootstrap, pages, file))
    print(f"\n{audit.table(verdict)}\n\nlongest that a partition stood still: {stall:.1f} s\n{report}")
    print(audit.summary(verdict))
    return described(recorder) and verdict.passed and not report.leaks


def described(recorder: Recorder) -> bool:
    """Whether all that was said to the portal is as openapi/portal.yaml says."""
    parted = problems(recorder.exchanges)
    print(f"exchanges with the portal: {sum(recorder.seen.values())}, {len(parted)} part from openapi/portal.yaml")
    for sort, count in sorted(recorder.seen.items()):
        print(f"  {count:8}  {sort}")
    for problem in parted[:10]:
        print(f"            {problem}")
    return not parted and any(" 201" in sort for sort in recorder.seen)


def main() -> int:
    options = arguments()
    return play("end to end", options, lambda stage: run(stage, options))


if __name__ == "__main__":
    sys.exit(main())
