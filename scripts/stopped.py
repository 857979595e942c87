#!/usr/bin/env python3
"""Stops a worker (SIGSTOP) with a filing under way, until its lease is over and another has filed; then lets it go on.

Each case stops it at another moment, and has topics, a portal and two workers of its own. The worker that goes on must
file nothing again and commit nothing. In the controls its clocks stand still while it is stopped, so that no lease ever
ends: then it must be seen to file again. In the window that docs/promises.md speaks of, between the last look at the
clock and the first byte, it files again too, unless the portal knows idempotency keys.

  scripts/stopped.py
  scripts/stopped.py --only search connect
"""

from __future__ import annotations

import environment  # noqa: F401

# isort: split

import argparse
import signal
import struct
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import audit
from harness import Kafka, Simulator, Stage, Worker, build_preload, common_options, play
from machine import fetch, say, wait_until
from stream import Feeder, Watcher
from traffic import Record, claim, cpr, encode, key
from verdict import Verdict

#: The shortest that are sane, so that a case takes a quarter of a minute.
SETTINGS = {
    "portal.call.timeout": "2s",
    "filing.lease": "11s",
    "kafka.session.timeout.ms": "6000",
    "retry.backoff.min": "100ms",
}


@dataclass(frozen=True)
class Case:
    name: str
    #: What it shows.
    about: str
    #: Tells the library when to stop the program; {portal} is the portal's port.
    stop: dict[str, str] = field(default_factory=dict)
    claims: int = 1
    settings: dict[str, str] = field(default_factory=dict)
    #: Of the portal until the worker is stopped, in milliseconds.
    latency: int = 20
    portal: tuple[str, ...] = ()
    clock_stands: bool = False
    duplicates: bool = False


#: The search lasts as long as it takes to see that the intents are committed, and to stop the program.
LONG_SEARCH = {"portal.call.timeout": "9s", "filing.lease": "18s"}
SEARCH = "its intent is committed and its estate is being sought: the call is about to be made"
CONNECT = "the connection for the call is being opened: the call has begun, and no byte has left"
WINDOW = "between the last look at the clock and the first byte"
KEYS = ("--idempotency", "on")
CASES = (
    Case(
        "in-flight",
        "the call has left, and the portal takes its time",
        {"STOP_SEND": "after:/krav"},
        portal=("--fault", "submit.slow-processing=1", "--fault", "slow-seconds=1.5"),
    ),
    Case("search", SEARCH, claims=4, settings=LONG_SEARCH, latency=8000),
    Case("connect", CONNECT, {"STOP_CONNECT": "{portal}:2"}, claims=3),
    Case(
        "search-control",
        SEARCH,
        claims=4,
        settings=LONG_SEARCH,
        latency=8000,
        clock_stands=True,
        duplicates=True,
    ),
    Case("search-keys", SEARCH, claims=4, settings=LONG_SEARCH, latency=8000, portal=KEYS, clock_stands=True),
    Case("connect-control", CONNECT, {"STOP_CONNECT": "{portal}:2"}, claims=3, clock_stands=True, duplicates=True),
    Case("window", WINDOW, {"STOP_SEND": "before:/krav"}, duplicates=True),
    Case("window-keys", WINDOW, {"STOP_SEND": "before:/krav"}, portal=KEYS),
)


class Play:
    """A case, played on a Kafka that others share."""

    def __init__(self, stage: Stage, kafka: Kafka, case: Case, library: Path) -> None:
        self.case = case
        self.kafka = kafka
        self._stage = stage
        self._portal: Simulator = stage.simulator(*case.portal)
        names = ("death-notifications", "claim-requests", "claim-replies", "estate-replies", "dead-letters", "ledger")
        topics = {f"topics.{name}": f"{case.name}.{name}" for name in names}
        topics["topics.dead-letters-audit"] = f"{case.name}.dead-letters.audit"
        settings = {**SETTINGS, **topics, **case.settings, "group.id": case.name}
        self._file = stage.settings_file(kafka, self._portal.url, settings, case.name)
        stage.create_topics(self._file, 1, kafka.brokers)
        self._clock = stage.directory / f"{case.name}.clock"
        self._clock.write_bytes(bytes(8))
        variables = {"LD_PRELOAD": str(library), "CLOCK_BEHIND": str(self._clock)}
        variables |= {name: rule.format(portal=self._portal.port) for name, rule in case.stop.items()}
        self._watcher = Watcher(kafka.bootstrap, case.name)
        self._broker = audit.Broker(kafka.bootstrap, 30)
        self._stopped: Worker = stage.worker(f"{case.name}-stopped", self._file, environment=variables)

    def run(self) -> list[str]:
        """What went wrong."""
        self._stopped.wait_ready()
        self._latency(self.case.latency)
        self._ask()
        self._stop()
        began = time.monotonic()
        self._latency(20)
        successor = self._stage.worker(f"{self.case.name}-successor", self._file)
        wait_until(lambda: self._watcher.answered >= self.case.claims, 60, f"{self.case.name}: the other one files")
        end = self._broker.ends(f"{self.case.name}.ledger")[0]
        lasted = time.monotonic() - began
        if self.case.clock_stands:
            self._clock.write_bytes(struct.pack("=q", int(lasted * 1e9)))
        self._stopped.send(signal.SIGCONT)
        wait_until(self._stopped.is_member, 30, f"{self.case.name}: the one that was stopped is a member again")
        time.sleep(3)
        for worker in (self._stopped, successor):
            worker.alive()
        self._watcher.close()
        verdict = audit.audit(self.kafka.bootstrap, self._portal.url, self.case.name, self.case.name)
        return self._judge(verdict, lasted, self._commits(end))

    def _ask(self) -> None:
        digits = cpr(7)
        feeder = Feeder(self.kafka.bootstrap)
        for number in range(self.case.claims):
            body = encode(claim(digits, f"{self.case.name}-{number}"))
            feeder.send(Record(f"{self.case.name}.claim-requests", key(digits), body))
        feeder.flush()

    def _stop(self) -> None:
        """It stops by itself; or when its intents are committed, with the search under way."""
        if not self.case.stop:
            topic = f"{self.case.name}.claim-requests"
            wait_until(
                lambda: self._broker.committed(self.case.name, topic, [0])[0] >= self.case.claims,
                20,
                f"{self.case.name}: the intents are committed",
            )
            self._stopped.send(signal.SIGSTOP)
        wait_until(lambda: self._stopped.is_stopped, 20, f"{self.case.name}: it stands still")

    def _latency(self, milliseconds: int) -> None:
        fetch(f"{self._portal.url}/_latency", "PUT", milliseconds)

    def _commits(self, end: int) -> int:
        """Transactions of the one that was stopped, since it went on: their first records have its name."""
        messages, _ = self._broker.read(f"{self.case.name}.ledger")
        own = f"-{self._stopped.pid}-"
        return sum(
            own in audit.header(message, "proklama.ledger.writer")
            for message in messages
            if (message.offset() or 0) >= end
        )

    def _judge(self, verdict: Verdict, lasted: float, commits: int) -> list[str]:
        found = verdict.faults["duplicates"]
        say(
            f"{self.case.name}: stopped for {lasted:.1f} s while {self.case.about}; "
            f"{audit.summary(verdict)}, commits afterwards {commits}"
        )
        wrong = [f"{self.case.name}: {commits} commits"] if commits else []
        if bool(found) != self.case.duplicates:
            wrong.append(f"{self.case.name}: {found} duplicates, {'some' if self.case.duplicates else 'none'} expected")
        for name in ("lost", "answered_twice"):
            if verdict.faults[name]:
                wrong.append(f"{self.case.name}: {name} {verdict.faults[name]}")
        if not self.case.duplicates and not verdict.passed:
            wrong.append(f"{self.case.name}:\n{audit.table(verdict)}")
        return wrong


def run(stage: Stage, options: argparse.Namespace) -> bool:
    kafka = stage.kafka(1)
    library = build_preload("moment.c", stage.directory)
    plays = [Play(stage, kafka, case, library) for case in CASES if not options.only or case.name in options.only]
    with ThreadPoolExecutor(len(plays)) as pool:
        wrong = [line for found in pool.map(Play.run, plays) for line in found]
    print(*wrong, sep="\n")
    return not wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=[case.name for case in CASES], help="these cases")
    common_options(parser)
    options = parser.parse_args()
    return play("stopped", options, lambda stage: run(stage, options))


if __name__ == "__main__":
    sys.exit(main())
