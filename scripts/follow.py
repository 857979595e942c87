#!/usr/bin/env python3
"""Following estates on a real Kafka: estates and filings change while workers are killed and the portal is away.

Claims are filed; then notices are published, treatments decided, statuses of filings changed and estates closed, and a
worker gets kill -9 in the middle of it. A read_committed reader must see each change once. Status 0 only then.

  scripts/follow.py
  scripts/follow.py --claims 1000 --brokers 3
"""

from __future__ import annotations

import environment  # noqa: F401

# isort: split

import argparse
import json
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import audit
import schema_check
from confluent_kafka import Consumer, KafkaError, Producer
from harness import Kafka, Simulator, Stage, Worker, common_options, play
from machine import Failure, say, wait_until

SETTINGS = {
    "follow.interval": "1s",
    "follow.batch.size": "20",
    "follow.overlap": "5s",
    "portal.call.timeout": "3s",
    "retry.backoff.min": "100ms",
    "retry.backoff.max": "1s",
    "kafka.session.timeout.ms": "6000",
    "portal.max.in.flight": "16",
}
#: A change as it is told: estate, change, filing, after.
Change = tuple[str, str, str, str]


class Reader:
    """All records of a topic that a read_committed reader sees."""

    def __init__(self, bootstrap: str, topic: str) -> None:
        self.topic = topic
        self.records: list[tuple[bytes | None, bytes, list[tuple[str, bytes]]]] = []
        self._consumer = Consumer(
            {
                "bootstrap.servers": bootstrap,
                "group.id": f"follow-{time.monotonic_ns()}",
                "auto.offset.reset": "earliest",
                "isolation.level": "read_committed",
                "enable.auto.commit": False,
                "topic.metadata.refresh.interval.ms": 1000,
            }
        )
        self._consumer.subscribe([topic])

    def poll(self) -> None:
        for record in self._consumer.consume(500, timeout=0.2):
            if (error := record.error()) is not None:
                if error.code() == KafkaError._PARTITION_EOF or error.retriable():
                    continue
                raise Failure(f"{self.topic}: {error}")
            self.records.append((record.key(), record.value() or b"", audit.headers(record)))

    def close(self) -> None:
        self._consumer.close()


class Run:
    def __init__(self, stage: Stage, kafka: Kafka, portal: Simulator, claims: int) -> None:
        self.portal = portal
        self.claims = claims
        self.updates = Reader(kafka.bootstrap, "estate.estate-updates")
        self.replies = Reader(kafka.bootstrap, "estate.claim-replies")
        stage.at_end(self.updates.close)
        stage.at_end(self.replies.close)
        self.producer = Producer({"bootstrap.servers": kafka.bootstrap})
        #: Estate and filing of each claim, by its key.
        self.filed: dict[bytes, tuple[str, str]] = {}
        self.expected: Counter[tuple[bytes, Change]] = Counter()

    def file(self) -> None:
        for number in range(self.claims):
            request = {
                "id": f"r{number}",
                "kind": "claim",
                "reference": f"R-{number}",
                "creditor": {"cvr": "97281536"},
                "deceased": {"cpr": f"610190{1000 + number}", "dateOfDeath": "2026-01-15"},
                "claim": {"principal": "100.00"},
            }
            self.producer.produce("estate.claim-requests", json.dumps(request).encode(), f"person-{number}".encode())
        self.producer.flush(30)

        def answered() -> bool:
            self.replies.poll()
            return len(self.replies.records) >= self.claims

        wait_until(answered, 60, "all claims are filed")
        for key, value, _ in self.replies.records:
            reply = json.loads(value)
            if reply["outcome"] != "filed" or key is None:
                raise Failure(f"a claim was answered {reply['outcome']}")
            self.filed[key] = (reply["estateId"], reply["filingId"])

    def change_estates(self, change: str, after: str, patch: dict[str, Any], every: int = 1) -> None:
        for key in list(self.filed)[::every]:
            estate = self.filed[key][0]
            self.portal.put(f"/_estates/{estate}", patch)
            self.expected[(key, (estate, change, "", after))] += 1

    def change_filings(self, status: str) -> None:
        for key, (estate, filing) in self.filed.items():
            self.portal.put(f"/_filings/{filing}", {"status": status})
            self.expected[(key, (estate, "filing-status-changed", filing, status))] += 1

    def told(self) -> Counter[tuple[bytes, Change]]:
        found: Counter[tuple[bytes, Change]] = Counter()
        for key, value, _ in self.updates.records:
            update = json.loads(value)
            filing = update.get("filing", {}).get("filingId", "")
            found[(key or b"", (update["estateId"], update["change"], filing, update["after"]))] += 1
        return found

    def wait_for(self, share: float, seconds: float = 60) -> None:
        """Until so much of what is expected has been told."""
        goal = int(sum(self.expected.values()) * share)

        def come() -> bool:
            self.updates.poll()
            return len(self.updates.records) >= goal

        wait_until(come, seconds, f"{goal} changes are told")

    def verdict(self) -> list[str]:
        told = self.told()
        problems = []
        if missing := self.expected - told:
            problems.append(f"{missing.total()} changes were never told, such as {next(iter(missing))}")
        if extra := told - self.expected:
            problems.append(f"{extra.total()} were told that are none, or twice, such as {next(iter(extra))}")
        for key, value, headers in self.updates.records:
            problems += schema_check.problems("estate-updates", key, value, headers)
            update = json.loads(value)
            if update["change"] == "treatment-changed" and "preferentialPositionDeadline" not in update:
                problems.append("an insolvent estate without the deadline of § 82")
            if "noticeDate" in update and "claimDeadline" not in update:
                problems.append("a notice without its deadline")
        return problems


def kill(worker: Worker, between: Callable[[], None]) -> None:
    """kill -9; something happens while it is dead."""
    say(f"{worker.name} gets kill -9")
    worker.end(signal.SIGKILL)
    between()
    worker.start()


def run(stage: Stage, options: argparse.Namespace) -> bool:
    kafka = stage.kafka(options.brokers)
    portal = stage.simulator("--latency", "2-10")
    file = stage.settings_file(kafka, portal.url, SETTINGS)
    stage.create_topics(file, options.partitions, options.brokers)
    workers = [stage.worker("worker-1", file), stage.worker("worker-2", file, {"cloudevents.mode": "binary"})]
    for worker in workers:
        worker.wait_ready()
    began = time.monotonic()
    run = Run(stage, kafka, portal, options.claims)
    run.file()
    say(f"{options.claims} claims are filed after {time.monotonic() - began:.0f} s")

    run.change_estates("notice-published", "2026-10-02", {"proklama": {"dato": "2026-10-02"}})
    run.wait_for(0.4)
    kill(workers[0], lambda: run.change_filings("anerkendt"))
    run.wait_for(0.8)
    # Some of what comes now is asked for in vain, some of it answered by halves.
    portal.faults({"changes.malformed": 0.2, "lookup.unavailable": 0.2, "changes.answer-lost": 0.2})
    run.change_estates("treatment-changed", "insolvent bo", {"behandlingsform": "insolvent bo"}, every=2)
    time.sleep(1)
    portal.faults({"refuse": 1})
    kill(workers[1], lambda: time.sleep(2))
    portal.faults({})
    run.wait_for(1)
    run.change_estates("estate-closed", "afsluttet", {"status": "afsluttet"}, every=5)
    run.change_filings("udbetalt")
    run.wait_for(1)
    # Nothing more may come of what was told: three rounds.
    until = time.monotonic() + 4
    while time.monotonic() < until:
        run.updates.poll()
    for worker in workers:
        worker.alive()
    problems = run.verdict()
    table = Counter(change for (_, (_, change, _, _)), count in run.told().items() for _ in range(count))
    calls = json.loads(portal.get("/_audit")[1])["calls"]
    say(f"{time.monotonic() - began:.0f} s; told: " + ", ".join(f"{name} {count}" for name, count in table.items()))
    say(f"questions for changes {sum(calls.get('changes', {}).values())}, look-ups {sum(calls['lookup'].values())}")
    print(f"changes {run.expected.total()}, told {run.told().total()}, problems {len(problems)}")
    for problem in problems[:10]:
        print(f"  {problem}")
    return not problems


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--claims", type=int, default=200)
    parser.add_argument("--partitions", type=int, default=4)
    parser.add_argument("--brokers", type=int, default=1, choices=(1, 3))
    common_options(parser)
    options = parser.parse_args()
    return play("follow", options, lambda stage: run(stage, options))


if __name__ == "__main__":
    sys.exit(main())
