#!/usr/bin/env python3
"""Those who wait for an estate, on a real Kafka: listed by `proklama waiting`, and what they cost a worker.

The ledger is sealed, the command has no key, and a worker runs beside it. What it prints is held against the schemas
and against what was sent; no CPR number may be in it. Then the worker is killed, and must not seek all of them again.

  scripts/waiting_test.py [--persons 300]
"""

from __future__ import annotations

import environment  # noqa: F401

# isort: split

import argparse
import json
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import schema_check
from harness import Stage, Worker, common_options, play
from machine import Failure, say, wait_until
from stream import Feeder
from traffic import NOTIFICATIONS, REQUESTS, Record, claim, cpr, encode, key

#: Nobody is sought a second time during the test.
SETTINGS = {"estate.wait.min": "6h", "estate.wait.max": "24h"}


def expect(condition: bool, what: str) -> None:
    if not condition:
        raise Failure(what)
    say(f"seen: {what}")


def records(persons: int) -> list[Record]:
    """One claim for each person, a second for every third, a notification for every second."""
    made = []
    for number in range(persons):
        digits = cpr(number)
        for place in range(2 if number % 3 == 0 else 1):
            made.append(Record(REQUESTS, key(digits), encode(claim(digits, f"W-{number:06}-{place}"))))
        if number % 2 == 0:
            notification = {"id": f"n-{number}", "cpr": digits, "dateOfDeath": "2026-09-14"}
            made.append(Record(NOTIFICATIONS, key(digits), encode(notification)))
    return made


class Run:
    def __init__(self, stage: Stage, persons: int) -> None:
        self.stage, self.persons = stage, persons
        self.kafka = stage.kafka()
        nobody = stage.directory / "estates.jsonl"
        nobody.write_text("")
        self.portal = stage.simulator("--estates", str(nobody))
        keys = stage.directory / "keys"
        keys.write_text(f"one={secrets.token_bytes(32).hex()}\n")
        self.open = stage.settings_file(self.kafka, self.portal.url, SETTINGS, "open")
        sealed = {**SETTINGS, "encryption.key.file": str(keys)}
        self.sealed = stage.settings_file(self.kafka, self.portal.url, sealed, "sealed")
        stage.create_topics(self.open, 6, 1)
        self.records = records(persons)
        self.requests = sum(one.topic == REQUESTS for one in self.records)

    def command(self, *words: str) -> tuple[int, str, str]:
        program = str(self.stage.program("proklama"))
        command = [program, "waiting", "-c", str(self.open), *words]
        ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        for digits in (one for one in (cpr(number) for number in range(min(self.persons, 2000)))):
            if digits in ended.stdout + ended.stderr:
                raise Failure("a CPR number in what the command printed")
        return ended.returncode, ended.stdout, ended.stderr

    def json(self, *words: str) -> list[dict[str, Any]]:
        status, out, problem = self.command("--json", *words)
        if status:
            raise Failure(f"proklama waiting {' '.join(words)} ended with {status}: {problem}")
        schema = "waiting-each" if "--each" in words else "waiting"
        lines = [json.loads(line) for line in out.splitlines()]
        for line in lines:
            if problems := schema_check.line_problems(schema, line):
                raise Failure(f"proklama waiting --json: {problems[0]}")
        return lines

    def searches(self, since: float) -> int:
        return sum(what == "search" for _, what in self.portal.arrivals(since))


def memory(worker: Worker) -> int:
    """Of the worker's process, in bytes."""
    for line in Path(f"/proc/{worker.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) * 1024
    raise Failure("the worker has no memory")


def processor(worker: Worker) -> float:
    """Seconds of the processor that it has used."""
    fields = Path(f"/proc/{worker.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def fill(run: Run) -> Worker:
    worker = run.stage.worker("worker", run.sealed)
    worker.wait_ready()
    status, _, problem = run.command()
    expect(status == 1 and "nobody waits" in problem, f"with an empty ledger nobody waits, status {status}")
    before = memory(worker)
    feeder = Feeder(run.kafka.bootstrap)
    began = time.monotonic()
    for record in run.records:
        feeder.send(record)
    feeder.flush()

    def waiting() -> bool:
        sought = worker.metric("proklama_persons_sought")
        filings = worker.metric("proklama_filings", state="waiting-for-estate")
        return sought == run.persons and filings == run.requests

    wait_until(waiting, 60 + run.persons / 50, f"{run.persons} persons wait")
    say(f"{len(run.records)} records taken in, all sought once, within {time.monotonic() - began:.0f} s")
    time.sleep(2)
    grown = memory(worker) - before
    used, began = processor(worker), time.monotonic()
    time.sleep(5)
    idle = (processor(worker) - used) / (time.monotonic() - began)
    say(
        f"a worker that has seen them come: {grown / run.persons:.0f} bytes a person "
        f"({grown / len(run.records):.0f} a record), {memory(worker) >> 20} MB in all; {idle:.1%} of a processor"
    )
    return worker


def listed(run: Run) -> None:
    summary = run.json()[0]
    expect(
        (summary["persons"], summary["requests"], summary["notifications"])
        == (run.persons, run.requests, len(run.records) - run.requests),
        f"a summary of {run.persons} persons, {run.requests} requests, without a key to the ledger",
    )
    expect(summary["kinds"]["estate"] == len(run.records), "all of them wait for the estate")
    each = run.json("--each")
    keys = {key(cpr(number)).decode() for number in range(run.persons)}
    expect(
        {row["key"] for row in each} == keys and len(each) == run.persons, "a line for each person, by the record key"
    )
    expect(all(row["nextAt"] > row["since"] for row in each), "each with its next search")
    status, out, _ = run.command("--each")
    expect(status == 0 and out.count("\n") >= run.persons, "the same as a table")
    one = run.json("--each", "--key", key(cpr(0)).decode())
    expect([row["requests"] for row in one] == [2] and one[0]["notifications"] == 1, "one person by the key")
    one = run.json("--each", "--reference", "W-000003-*")
    expect([row["requests"] for row in one] == [2] and one[0]["notifications"] == 0, "two requests by their reference")
    expect(run.json("--until", "0s")[0]["persons"] == run.persons, "all have waited since before now")
    expect(run.command("--until", "1d")[0] == 1, "nobody has waited for a day, status 1")
    expect(run.command("--kind", "retry")[0] == 1, "nobody waits for the portal, status 1")
    status, _, problem = run.command("--kind", "estat")
    expect(status == 64 and "estate" in problem, "a kind that there is not is wrong usage, with the nearest")


def restarted(run: Run, worker: Worker) -> None:
    # A notification has a search of its own, unless one is under way. The portal keeps the latest 65,536.
    searches, most = run.searches(0), len(run.records) - run.requests + run.persons
    expect(min(run.persons, 50_000) <= searches <= most, f"{searches} searches, for {len(run.records)} who wait")
    worker.end(signal.SIGKILL)
    began = time.time()
    worker.start()
    worker.wait_ready()
    wait_until(lambda: worker.metric("proklama_persons_sought") == run.persons, 60, "all are restored")
    time.sleep(5)
    grown = memory(worker)
    expect(run.searches(began) == 0, "after kill -9 the schedules are those of before: nobody is sought")
    say(f"a worker that has restored them has {grown >> 20} MB, {grown / run.persons:.0f} bytes a person with all else")
    rows = run.json("--each")
    expect(len(rows) == run.persons, "and all of them are listed as before")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--persons", type=int, default=300)
    common_options(parser)
    options = parser.parse_args()

    def whole(stage: Stage) -> bool:
        run = Run(stage, options.persons)
        worker = fill(run)
        listed(run)
        restarted(run, worker)
        worker.alive()
        worker.end()
        return True

    return play("waiting", options, whole)


if __name__ == "__main__":
    sys.exit(main())
