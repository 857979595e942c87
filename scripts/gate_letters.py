"""The workers' side of replay: what they say when the gate opens, and what they replay by themselves.

Two workers, and a portal that forbids everything for a while. Meanwhile dead letters of that cause are made, more
than the workers would make in so short a time.
"""

from __future__ import annotations

import json
import shlex
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path
from typing import Any

import audit
from harness import Simulator, Stage, Worker
from letters import LETTERS, NAME, Letter, failure_headers
from machine import fetch, wait_until
from replaying import Operator, expect
from traffic import REQUESTS, claim, cpr, encode, key

#: Persons that no other part of the test has.
_FIRST_PERSON = 60_000


class Gates:
    """Two workers in front of a portal that is shut and opened, and the dead letters of such times."""

    def __init__(self, operator: Operator, stage: Stage, file: Path, portal: Simulator) -> None:
        self._operator = operator
        self._stage = stage
        self._file = file
        self._portal = portal
        self._person = _FIRST_PERSON
        self._number = 0
        self.workers: list[Worker] = []

    def start(self, settings: dict[str, str]) -> None:
        for worker in self.workers:
            worker.end()
        self._number += 1
        self.workers = [self._stage.worker(f"gate-{self._number}-{one}", self._file, settings) for one in "ab"]
        for worker in self.workers:
            worker.wait_ready()
        # Both have partitions, so both will notice.
        wait_until(
            lambda: all(len(self.status(one)["partitions"]) > 1 for one in self.workers), 60, "both share the work"
        )

    def status(self, worker: Worker) -> dict[str, Any]:
        code, body = fetch(f"http://127.0.0.1:{worker.port}/status")
        found: dict[str, Any] = json.loads(body) if code == 200 else {"partitions": [], "gate": {"state": "?"}}
        return found

    def letters_of(self, worker: Worker) -> dict[str, Any]:
        found: dict[str, Any] = self.status(worker).get("deadLetters", {})
        return found

    def events(self, worker: Worker, name: str) -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in worker.log.read_text().splitlines() if line.startswith("{")]
        return [line for line in lines if line["event"] == name]

    def ask(self, count: int) -> None:
        for _ in range(count):
            digits = cpr(self._person)
            self._operator.produce(REQUESTS, key(digits), encode(claim(digits, f"GATE-{self._person}")), [])
            self._person += 1
        self._operator.flush()

    def shut(self) -> None:
        self._portal.faults({"forbidden": 1.0})
        self.ask(60)
        self._all_are("closed")

    def open(self) -> None:
        # A probe needs somebody who waits.
        self.ask(30)
        self._portal.faults({})
        self._all_are("open", "trial")

    def _all_are(self, *states: str) -> None:
        wait_until(
            lambda: all(self.status(one)["gate"]["state"] in states for one in self.workers), 60, f"gates are {states}"
        )

    def make(self, count: int, category: str = "certificate", reason: str = "expired") -> set[str]:
        """Dead letters of now, whose claims can be filed."""
        names = set()
        for _ in range(count):
            name, digits = f"gate-{self._person}", cpr(self._person)
            value = encode(claim(digits, f"GATE-{self._person}"))
            letter = Letter(name, category, reason, key(digits), value, [(NAME, name)], self._person % 6)
            self._operator.produce(
                LETTERS, letter.key, letter.value, [*letter.headers, *failure_headers(letter, self._person)]
            )
            self._person += 1
            names.add(name)
        self._operator.flush()
        return names

    def replayed(self, names: set[str]) -> Counter[str]:
        """How often each of these letters was put back. What then fails again is a letter of its own."""
        first = [one for one in self._operator.replayed() if audit.header(one, "proklama.replay.count") == "1"]
        return Counter(name for one in first if (name := audit.header(one, NAME)) in names)

    def runs(self) -> dict[str, Counter[tuple[str, str]]]:
        """Who replayed how many, in which run, by the audit."""
        found: dict[str, Counter[tuple[str, str]]] = {}
        for entry in self._operator.audited().values():
            found.setdefault(entry["by"], Counter())[(entry["run"], entry.get("note") or "")] += 1
        return found


def by_gate(operator: Operator, stage: Stage, file: Path, portal: Simulator, is_brief: bool) -> None:
    gates = Gates(operator, stage, file, portal)
    tells_the_command(gates, operator, stage)
    automatic = {
        "dead-letters.replay.automatic": "certificate",
        "dead-letters.replay.automatic.delay": "3s",
        "dead-letters.replay.automatic.rate": "100/s",
    }
    gates.start(automatic)
    one_of_them_replays(gates)
    if is_brief:
        return
    gates.start({**automatic, "dead-letters.replay.automatic.rate": "15/s"})
    ends_when_the_gate_closes(gates)
    leaves_the_lock_to_a_person(gates, operator)
    ends_with_its_worker(gates)


def tells_the_command(gates: Gates, operator: Operator, stage: Stage) -> None:
    gates.start({})
    gates.shut()
    names = gates.make(40)
    gates.make(20, "validation", "estate-closed")
    gates.open()
    for worker in gates.workers:
        wait_until(lambda: gates.events(worker, "dead-letters.open") != [], 30, "it counts")  # noqa: B023
    told = {one["reason"]: one for one in gates.events(gates.workers[0], "dead-letters.open")}
    status = gates.letters_of(gates.workers[0])
    expect(
        set(told) == {"expired", "not-registered"} and told["expired"]["open"] == 40,
        f"the log tells the dead letters of the time, and no others ({ {one: told[one]['open'] for one in told} })",
    )
    by_status = {row["reason"]: (row["open"], row["command"]) for row in status["reasons"]}
    expect(by_status == {one: (told[one]["open"], told[one]["command"]) for one in told}, "and /status says the same")
    expect(status["automatic"] == "off" and not gates.replayed(names), "without the setting nothing is replayed")
    program, *words = shlex.split(told["expired"]["command"])
    ended = subprocess.run(
        [str(stage.program(program)), *words, "--yes", "--json"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    result = json.loads(ended.stdout.splitlines()[-1])
    expect(ended.returncode == 0 and result["done"] == 40, f"the command replays them: {told['expired']['command']}")
    expect(set(gates.replayed(names).values()) == {1}, "each exactly once")


def one_of_them_replays(gates: Gates) -> None:
    gates.shut()
    names = gates.make(300)
    before = gates.make(5, "environment", "portal-unavailable")
    gates.open()
    wait_until(lambda: len(gates.replayed(names)) == len(names), 60, "they are replayed", 0.5)
    # The second worker has its turn some seconds later.
    time.sleep(6)
    counts = gates.replayed(names)
    expect(set(counts.values()) == {1}, f"{len(counts)} letters are replayed by themselves, each exactly once")
    runs = gates.runs()["automatic"]
    expect(all("not-registered" in note for _, note in runs), "the audit says by whom and why")
    expect(not gates.replayed(before), "other categories than the setting's are left alone")
    ended = [one for worker in gates.workers for one in gates.events(worker, "dead-letters.replay.ended")]
    expect(
        [one["end"] for one in ended] == ["finished"] and sum(runs.values()) == ended[0]["replayed"],
        f"and one worker of two has done it ({ended[0]['replayed']})",
    )
    wait_until(lambda: all(gates.letters_of(one)["automatic"] == "over" for one in gates.workers), 30, "both are done")


def ends_when_the_gate_closes(gates: Gates) -> None:
    gates.shut()
    names = gates.make(300)
    gates.open()
    wait_until(lambda: len(gates.replayed(names)) > 15, 60, "they are replayed", 0.2)
    gates.shut()

    def ends() -> list[str]:
        return [one["end"] for worker in gates.workers for one in gates.events(worker, "dead-letters.replay.ended")]

    wait_until(lambda: ends() != [], 30, "the replay ends")
    count = len(gates.replayed(names))
    time.sleep(4)
    ended = ends()
    expect(
        ended == ["stopped"] and len(gates.replayed(names)) == count < 300,
        f"a gate that closes again ends it at once ({count} of 300)",
    )
    gates.open()
    wait_until(lambda: len(gates.replayed(names)) == len(names), 90, "the rest is replayed", 0.5)
    expect(set(gates.replayed(names).values()) == {1}, "the next opening goes on, and each is replayed exactly once")


def leaves_the_lock_to_a_person(gates: Gates, operator: Operator) -> None:
    """A person's replay is going on when the gate opens; and one begins while an automatic one is going on."""
    wait_until(lambda: all(gates.letters_of(one)["automatic"] == "over" for one in gates.workers), 60, "all is done")
    gates.shut()
    names = gates.make(120)
    person = operator.start("replay", "--where", f"{NAME}=gate-*", "--reason", "expired", "--yes", "--rate", "8/s")
    wait_until(lambda: len(gates.replayed(names)) > 0, 60, "a person's replay writes", 0.2)
    gates.open()
    wait_until(lambda: person.status is not None, 120, "the person's replay ends", 0.5)
    expect(person.status == 0, f"a person's replay is not disturbed ({person.tail(1)})")
    waited = [one for worker in gates.workers for one in gates.events(worker, "dead-letters.replay.waiting")]
    expect(waited != [] and set(gates.replayed(names).values()) == {1}, "the automatic one has waited")
    wait_until(lambda: all(gates.letters_of(one)["automatic"] == "over" for one in gates.workers), 120, "all is done")
    gates.shut()
    names = gates.make(200)
    gates.open()
    wait_until(lambda: len(gates.replayed(names)) > 15, 60, "they are replayed", 0.2)
    result = operator.objects("replay", "--where", f"{NAME}=gate-*", "--reason", "expired", "--yes")[-1]
    expect(
        result["end"] == "finished" and set(gates.replayed(names).values()) == {1}, "a person takes over and finishes"
    )
    wait_until(lambda: all(gates.letters_of(one)["automatic"] == "over" for one in gates.workers), 60, "it gives up")
    ended = [one["end"] for worker in gates.workers for one in gates.events(worker, "dead-letters.replay.ended")]
    expect("lock-lost" in ended, "and the automatic one gives up")


def ends_with_its_worker(gates: Gates) -> None:
    gates.shut()
    names = gates.make(200)
    gates.open()

    def at_work() -> list[Worker]:
        return [one for one in gates.workers if gates.letters_of(one).get("automatic") == "running"]

    wait_until(lambda: at_work() != [] and len(gates.replayed(names)) > 15, 60, "they are replayed", 0.2)
    worker = at_work()[0]
    began = time.monotonic()
    status = worker.end(signal.SIGTERM)
    took = time.monotonic() - began
    end = [one["end"] for one in gates.events(worker, "dead-letters.replay.ended")][-1]
    expect(status == 0 and end == "stopped", f"SIGTERM ends it between two transactions ({took:.1f} s)")
    gates.workers.remove(worker)
    wait_until(lambda: len(gates.replayed(names)) == len(names), 90, "the other worker goes on", 0.5)
    expect(set(gates.replayed(names).values()) == {1}, "the other worker replays the rest, each exactly once")
