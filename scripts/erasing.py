"""Persons erased on a real Kafka, seen from outside: part of scripts/privacy_test.py."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from confluent_kafka import Message
from harness import Worker
from machine import Failure, say, wait_until
from replaying import expect
from traffic import AMBIGUOUS, NOT_FOUND, REQUESTS, Record, claim, cpr, encode, key

if TYPE_CHECKING:
    from privacy_test import Run

#: Long enough for a worker that was killed to be missed, and for the next one to begin.
PATIENCE = "90s"
CLAIMS = 3
#: Between the moment when a worker gets an order and its death, in seconds.
PAUSES = (0.0, 0.004, 0.015)

State = dict[bytes, bytes | None]


class Person:
    """Somebody with a few claims."""

    def __init__(self, run: Run, number: int, serial: int | None = None) -> None:
        self.digits = cpr(number, serial)
        self.key = key(self.digits)
        self.references = [f"ERASE-{number}-{one}" for one in range(CLAIMS)]
        run.people.sent[self.digits.encode()] = b""

    def records(self) -> list[Record]:
        return [Record(REQUESTS, self.key, encode(claim(self.digits, one))) for one in self.references]

    def of(self, ledger: State) -> State:
        """What a ledger has under the person's filings."""
        ends = tuple(f"/{one}".encode() for one in self.references)
        return {name: value for name, value in ledger.items() if name.endswith(ends)}

    def is_gone(self, ledger: State) -> bool:
        """Compaction, whenever it comes, leaves nothing: the latest of each key is a tombstone."""
        found = self.of(ledger)
        return len(found) == CLAIMS and not any(found.values())


def latest(run: Run) -> State:
    """What compaction would leave, with its tombstones."""
    messages: list[Message] = run.broker.read("estate.ledger")[0]
    messages.sort(key=lambda one: (one.partition() or 0, one.offset() or 0))
    return {one.key() or b"": one.value() for one in messages}


def orders(run: Run) -> list[tuple[bytes, int, int]]:
    """The orders in the claim requests, by key and place."""
    found = []
    for one in run.broker.read(REQUESTS)[0]:
        if b'"action":"erase"' in (one.value() or b""):
            found.append((one.key() or b"", one.partition() or 0, one.offset() or 0))
    return found


def answers(run: Run) -> list[tuple[tuple[int, int], dict[str, Any]]]:
    """What became of orders, each record that was ever written: partition and offset of the order, and the answer."""
    found = []
    for one in run.broker.read("estate.ledger")[0]:
        name = (one.key() or b"").decode(errors="replace")
        if name.startswith("erasure/"):
            place = (one.partition() or 0, int(name.removeprefix("erasure/")))
            found.append((place, json.loads(one.value() or b"null")))
    return found


def erase(run: Run, person: Person, *words: str, wait: str = PATIENCE) -> tuple[int, dict[str, Any], str]:
    command = ["erase", "--key", person.key.decode(), "--json", "--note", "case 4711", "--wait", wait, *words]
    status, out = run.command(*command)
    lines = [line for line in out.splitlines() if line.startswith("{")]
    return status, json.loads(lines[-1]) if lines else {}, out


def file(run: Run, *persons: Person) -> None:
    run.send([record for person in persons for record in person.records()])


def erased(run: Run, worker: Worker) -> None:
    first, second, waiting = Person(run, 901), Person(run, 902), Person(run, 903, NOT_FOUND)
    failed = Person(run, 904, AMBIGUOUS)
    file(run, first, second, failed)
    run.send(waiting.records(), answers=0)
    # Their search has been answered too: nothing more is written of them.
    wait_until(
        lambda: sum(b'"nextAt"' in (one or b"") for one in waiting.of(latest(run)).values()) == CLAIMS,
        30,
        "requests that wait",
    )
    before = latest(run)

    status, report, _ = erase(run, first, "--dry-run")
    expect(status == 0 and report["state"] == "dry-run" and report["filings"] == CLAIMS, "a dry run counts")
    status, report, out = erase(run, waiting, "--yes")
    expect(status == 1 and report["state"] == "refused" and report["requests"] == CLAIMS, "who waits is not erased")
    expect("without an answer" in out and '"withdrawn":true' in out, "and the command says why, and what helps")
    status, report, out = erase(run, failed, "--yes")
    expect(status == 1 and report["openDeadLetters"] == CLAIMS, "who has open dead letters is not erased")
    expect("dead-letters replay" in out, "and the command names the commands that help")
    status, report, _ = erase(run, Person(run, 999), "--yes")
    expect(status == 1 and report["state"] == "unknown", "a key of which nothing is known: exit status 1")
    expect(not orders(run) and latest(run) == before, "until now nothing was written")

    status, report, out = erase(run, first, "--yes")
    if status:
        raise Failure(f"erase ended with {status}:\n{out}")
    expect(report["state"] == "erased" and report["filings"] == CLAIMS, "a person is erased by a running worker")
    after = latest(run)
    expect(first.is_gone(after), "the latest of each key of theirs is null")
    expect(second.of(after) == second.of(before), "the other's filings are as they were, to the byte")
    expect(waiting.of(after) == waiting.of(before), "and so are those that wait")
    (_, answer), *more = answers(run)
    expect(
        not more and answer["state"] == "erased" and answer["note"] == "case 4711", "one record says who, when and why"
    )
    mark = hashlib.sha256(first.key).hexdigest()[:4]
    expect(answer["person"] == mark and first.key.decode() not in json.dumps(answer), "and names nobody")
    status, report, out = erase(run, first, "--yes")
    expect(status == 1 and report["state"] == "unknown" and mark in out, "once more: nothing is known, but that order")

    run.send(first.records()[:1])
    replies = [json.loads(one.value() or b"{}") for one in run.broker.read("estate.claim-replies")[0]]
    outcomes = [one["outcome"] for one in replies if one["reference"] == first.references[0]]
    expect(outcomes == ["filed", "filed"], "the same request again is a new filing's")
    file(run, second)
    replies = [json.loads(one.value() or b"{}") for one in run.broker.read("estate.claim-replies")[0]]
    outcomes = [one["outcome"] for one in replies if one["reference"] in second.references]
    expect(outcomes.count("already-filed") == CLAIMS, "and the other's is already filed")
    worker.alive()


def killed(run: Run, worker: Worker) -> None:
    """kill -9 of the worker, and of the command, around the moment when the order is carried out.

    The worker is stopped until the order is there, so that the kill comes so many milliseconds after it gets it.
    """
    persons = [Person(run, 910 + number) for number in range(4)]
    file(run, *persons)
    for number, person in enumerate(persons[:3]):
        count = len(orders(run))
        worker.send(signal.SIGSTOP)
        command = start(run, person)
        wait_until(lambda count=count: len(orders(run)) > count, 60, "an order")  # type: ignore[misc]
        expect(not person.is_gone(latest(run)), "an order is there, and nobody has carried it out")
        worker.send(signal.SIGCONT)
        time.sleep(PAUSES[number])
        worker.end(signal.SIGKILL)
        if number == 1:
            command.kill()
        worker.start()
        worker.wait_ready()
        wait_until(lambda person=person: person.is_gone(latest(run)), 60, "tombstones")  # type: ignore[misc]
        status = command.wait(120)
        after = f"kill -9 of the worker {PAUSES[number] * 1000:.0f} ms after it"
        expect(status == 0 or number == 1, f"{after}{', and of the command' * (number == 1)}: erased all the same")
    worker.end(signal.SIGKILL)
    status, report, out = erase(run, persons[3], "--yes", wait="2s")
    expect(status == 1 and report["state"] == "queued" and "no worker" in out, "without a worker the order waits")
    expect(not persons[3].is_gone(latest(run)), "and nothing is touched")
    worker.start()
    worker.wait_ready()
    wait_until(lambda: persons[3].is_gone(latest(run)), 60, "tombstones")
    say("seen: and is carried out when there is one")
    asked = {(partition, offset) for _, partition, offset in orders(run)}
    found = [place for place, _ in answers(run)]
    expect(sorted(found) == sorted(asked), f"each of {len(asked)} orders has one answer")


def start(run: Run, person: Person) -> subprocess.Popen[bytes]:
    program: Path = run.stage.program("proklama")
    words = ["erase", "--key", person.key.decode(), "--yes", "--wait", PATIENCE, "-c", str(run.sealed)]
    log = (run.stage.directory / "erase.log").open("ab")
    return subprocess.Popen([str(program), *words], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
