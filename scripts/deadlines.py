#!/usr/bin/env python3
"""Deadlines on a real Kafka: docs/deadlines.md, seen from outside.

Preliminary claims are filed in estates whose notices differ. Then the portal is away: the final amounts come, those
with the nearest deadline last, and the worker gets kill -9. When the portal is back and calls are rationed, the nearest
must go first. Other claims are refused; and of all whose deadline is near the worker must have warned once.

  scripts/deadlines.py
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
from datetime import date, datetime, timedelta
from typing import Any
from urllib.request import urlopen
from zoneinfo import ZoneInfo

from follow import Reader
from harness import Simulator, Stage, Worker, common_options, play
from machine import fetch, say, wait_until
from stream import Feeder
from traffic import REFUSED, REQUESTS, Record, claim, cpr, encode, key

SETTINGS = {
    "portal.rate.limit": "10",
    "portal.call.timeout": "2s",
    "retry.backoff.min": "100ms",
    "retry.backoff.max": "1s",
    "kafka.session.timeout.ms": "6000",
    "follow.interval": "none",
    "log.format": "json",
}
COPENHAGEN = ZoneInfo("Europe/Copenhagen")
#: Days that are left for the final amount, by the person's number modulo three; and for the claims that are refused.
LEFT = {0: 5, 1: 40, 2: 60}
LEFT_OF_REFUSED = 10
#: How many calls that are not for the nearest may have been made before the last of those: one in four, and what was
#: under way.
BEHIND = 4


def today() -> date:
    return datetime.now(COPENHAGEN).date()


def days_until(moment: str) -> int:
    """Whole days in Copenhagen until the deadline's last day."""
    end = datetime.fromisoformat(moment.replace("Z", "+00:00")).astimezone(COPENHAGEN)
    return (end.date() - timedelta(days=1) - today()).days


class Run:
    def __init__(self, stage: Stage, bootstrap: str, portal: Simulator, persons: int) -> None:
        self.portal = portal
        self.persons = range(persons)
        self.refused = range(persons, persons + persons // 9)
        self.digits = {person: cpr(person) for person in self.persons}
        self.digits |= {person: cpr(person, REFUSED) for person in self.refused}
        self.feeder = Feeder(bootstrap)
        self.topics = {
            name: Reader(bootstrap, f"estate.{name}") for name in ("estate-replies", "claim-replies", "dead-letters")
        }
        for reader in self.topics.values():
            stage.at_end(reader.close)
        self.problems: list[str] = []

    def expect(self, is_so: bool, what: str) -> None:
        say(f"{'seen' if is_so else 'NOT SEEN'}: {what}")
        if not is_so:
            self.problems.append(what)

    def wait_for(self, topic: str, count: int, seconds: float = 60) -> list[dict[str, Any]]:
        reader = self.topics[topic]

        def come() -> bool:
            reader.poll()
            return len(reader.records) >= count

        wait_until(come, seconds, f"{count} records in {topic}")
        return [json.loads(value) for _, value, _ in reader.records if topic != "dead-letters"]

    def publish_notices(self) -> None:
        """Gives each estate the notice that leaves its claims so many days."""
        for person, digits in self.digits.items():
            if person in self.refused:
                notice = today() + timedelta(days=LEFT_OF_REFUSED - 56)
            else:
                notice = today() + timedelta(days=LEFT[person % 3] - 112)
            found = fetch(f"{self.portal.url}/doedsbojournaler?page=1&size=5", "POST", {"cprNummer": digits})[1]
            estate = json.loads(found)[0]["doedsbojournalId"]
            self.portal.put(f"/_estates/{estate}", {"proklama": {"dato": str(notice)}})

    def send(self, person: int, action: str, preliminary: bool, principal: str) -> None:
        digits = self.digits[person]
        body = claim(digits, f"deadline-{person}", principal)
        body["id"] = f"{action}-{person}"
        body["action"] = action
        body["claim"]["preliminary"] = preliminary
        self.feeder.send(Record(REQUESTS, key(digits), encode(body)))

    def file(self) -> None:
        for person in self.persons:
            self.send(person, "submit", True, "100.00")
        self.feeder.flush()
        replies = self.wait_for("claim-replies", len(self.persons))
        for person in self.persons:
            reply = next(reply for reply in replies if reply["requestId"] == f"submit-{person}")
            left = LEFT[person % 3]
            told = reply.get("finalClaimDeadline")
            # A last day on which courts are closed is moved, by Christmas and New Year for some days.
            if told is None or not 0 <= days_until(told) - left <= 6:
                self.problems.append(f"person {person} has {left} days left, and is told {told}")
        for problem in self.problems[:3]:
            say(problem)
        self.expect(not self.problems, "each reply has the day until which its final amount may be filed")

    def order(self) -> list[int]:
        """The persons whose claims were amended, in the order in which the portal has taken that."""
        taken: list[tuple[str, int]] = []
        with urlopen(f"{self.portal.url}/_audit?format=jsonl", timeout=30) as answer:
            for line in answer:
                filing = json.loads(line)
                person = int(filing["reference"].removeprefix("deadline-"))
                taken += [(event["at"], person) for event in filing["events"] if event["event"] == "amend"]
        return [person for _, person in sorted(taken)]


def warnings_of(worker: Worker, event: str) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for line in worker.log.read_text(errors="replace").splitlines():
        if f'"event":"{event}"' in line:
            entry = json.loads(line)
            found[(entry["state"], entry["within"])] += 1
    return found


def near(worker: Worker, within: str, state: str) -> int:
    return int(worker.metric("proklama_deadline_filings", within=within, state=state))


def run(stage: Stage, options: argparse.Namespace) -> bool:
    kafka = stage.kafka()
    portal = stage.simulator("--latency", "5")
    file = stage.settings_file(kafka, portal.url, SETTINGS)
    stage.create_topics(file, options.partitions, 1)
    worker = stage.worker("worker-1", file)
    worker.wait_ready()
    run = Run(stage, kafka.bootstrap, portal, options.persons)
    run.publish_notices()
    run.file()
    nearest = [person for person in run.persons if person % 3 == 0]
    others = [person for person in run.persons if person % 3 != 0]

    portal.faults({"refuse": 1})
    for person in [*others, *nearest]:
        run.send(person, "amend", False, "200.00")
    run.feeder.flush()
    wait_until(lambda: worker.gate().get("state") == "closed", 30, "the gate is closed")
    time.sleep(3)
    say("kill -9, with the final amounts in the ledger")
    worker.end(signal.SIGKILL)
    worker.start()
    # It is not ready for long: its gate closes again.
    wait_until(lambda: near(worker, "7d", "preliminary") == len(nearest), 75, "the metric counts what is near")
    run.expect(near(worker, "14d", "preliminary") == 0, "no other deadline is near")
    began = time.monotonic()
    portal.faults({})
    run.wait_for("claim-replies", 2 * len(run.persons), 90)
    say(f"all final amounts are filed {time.monotonic() - began:.0f} s after the portal was back")
    order = run.order()
    last = max(place for place, person in enumerate(order) if person in set(nearest))
    bound = len(nearest) * 4 // 3 + BEHIND
    run.expect(
        len(order) == len(run.persons) and last < bound,
        f"{len(nearest)} with five days left came last; the last of them is filed as number {last + 1} of {len(order)}",
    )

    for person in run.refused:
        run.send(person, "submit", False, "100.00")
    run.feeder.flush()
    run.wait_for("dead-letters", len(run.refused))
    worker.end(signal.SIGTERM)
    worker.start()
    worker.wait_ready()
    wait_until(lambda: near(worker, "14d", "dead-lettered") == len(run.refused), 75, "dead letters are warned of")
    run.expect(near(worker, "7d", "preliminary") == 0, "what has its final amount is near no longer")
    time.sleep(1)
    found = warnings_of(worker, "deadline.near")
    wanted = Counter({("preliminary", "7d"): len(nearest), ("dead-lettered", "14d"): len(run.refused)})
    run.expect(found == wanted, f"each was warned of once: {dict(found)}")
    return not run.problems


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--persons", type=int, default=90)
    parser.add_argument("--partitions", type=int, default=1, help="more let each of them have a queue of its own")
    common_options(parser)
    options = parser.parse_args()
    return play("deadlines", options, lambda stage: run(stage, options))


if __name__ == "__main__":
    sys.exit(main())
