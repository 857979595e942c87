#!/usr/bin/env python3
"""Personal data on a real Kafka: sealed in ledger and dead letters, keys replaced while it runs, persons erased.

The sealed values are opened with PyPI's `cryptography`, not with our own code. A worker without keys comes first:
what it writes must be found in the clear, or the search for it would prove nothing.

  scripts/privacy_test.py
"""

from __future__ import annotations

import environment  # noqa: F401

# isort: split

import argparse
import json
import secrets
import subprocess
import sys
from pathlib import Path

import audit
import erasing
from confluent_kafka import Message
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from harness import Stage, Worker, common_options, play
from machine import Failure, say, wait_until
from stream import Feeder, Watcher
from traffic import AMBIGUOUS, NOT_FOUND, REQUESTS, Record, claim, cpr, encode, key

HEADER = "proklama.encrypted"
NONCE = 12
#: Whoever waits goes on waiting for all of the test.
SETTINGS = {"estate.wait.min": "1h", "estate.wait.max": "2h"}

Keys = dict[str, bytes]


class People:
    """Requests about made-up persons, and what is known of them afterwards."""

    def __init__(self) -> None:
        self.sent: dict[bytes, bytes] = {}
        self._next = 0

    def records(self, count: int, serial: int | None) -> list[Record]:
        made = []
        for _ in range(count):
            self._next += 1
            digits = cpr(self._next, serial)
            value = encode(claim(digits, f"REF-{self._next}"))
            self.sent[digits.encode()] = value
            made.append(Record(REQUESTS, key(digits), value))
        return made

    def unreadable(self, count: int) -> list[Record]:
        made = []
        for _ in range(count):
            self._next += 1
            digits = cpr(self._next)
            value = b'{"id":"broken","deceased":{"cpr":"' + digits.encode() + b'"}, \xff\x00'
            self.sent[digits.encode()] = value
            made.append(Record(REQUESTS, key(digits), value))
        return made

    def in_clear(self, content: bytes | None) -> bool:
        return any(digits in (content or b"") for digits in self.sent)


def opened(message: Message, keys: Keys) -> bytes:
    """The value as it was before it was sealed."""
    name, value = audit.header(message, HEADER), message.value() or b""
    context = message.key() or b""
    if (message.topic() or "").endswith("dead-letters"):
        parts = [audit.header(message, f"proklama.source.{one}") for one in ("topic", "partition", "offset")]
        context = "/".join(parts).encode()
    try:
        return AESGCM(keys[name]).decrypt(value[:NONCE], value[NONCE:], context)
    except InvalidTag:
        raise Failure(f"{message.topic()} at {message.offset()} does not open with key {name}") from None


class Run:
    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.kafka = stage.kafka()
        portal = stage.simulator()
        self.keys: Keys = {name: secrets.token_bytes(32) for name in ("first", "second")}
        self.file_of_keys = stage.directory / "keys"
        self.plain = stage.settings_file(self.kafka, portal.url, SETTINGS, "plain")
        sealed = {**SETTINGS, "encryption.key.file": str(self.file_of_keys)}
        self.sealed = stage.settings_file(self.kafka, portal.url, sealed, "sealed")
        stage.create_topics(self.plain, 3, 1)
        self.people = People()
        self.feeder = Feeder(self.kafka.bootstrap)
        self.watcher = Watcher(self.kafka.bootstrap)
        self.broker = audit.Broker(self.kafka.bootstrap, 30)
        self.answers = 0

    def write_keys(self, *names: str, text: str | None = None) -> None:
        text = text or "".join(f"{name}={self.keys[name].hex()}\n" for name in names)
        fresh = self.file_of_keys.with_suffix(".new")
        fresh.write_text(text)
        fresh.rename(self.file_of_keys)

    def send(self, records: list[Record], answers: int | None = None) -> None:
        for record in records:
            self.feeder.send(record)
        self.feeder.flush()
        self.answers += len(records) if answers is None else answers
        wait_until(lambda: self.watcher.answered >= self.answers, 60, f"{self.answers} answers")

    def personal(self) -> list[Message]:
        """Requests in the ledger, and dead letters: what holds personal data."""
        ledger, _ = self.broker.read("estate.ledger")
        letters, _ = self.broker.read("estate.dead-letters")
        pending = [one for one in ledger if (one.key() or b"").startswith(b"request/") and one.value() is not None]
        return pending + [one for one in letters if one.value() is not None]

    def command(self, *words: str) -> tuple[int, str]:
        program = str(self.stage.program("proklama"))
        ended = subprocess.run(
            [program, *words, "-c", str(self.sealed)], stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        return ended.returncode, ended.stdout + ended.stderr

    def wait_waiting(self, worker: Worker, count: int, what: str) -> None:
        """Until so many filings wait. A busy worker's `/status` may have no answer in time."""

        def so_many_wait() -> bool:
            status, body = worker.page("/status")
            filings: dict[str, int] = json.loads(body)["filings"] if status == 200 else {}
            return sum(number for name, number in filings.items() if name != "settled") == count

        wait_until(so_many_wait, 30, what)
        say(f"seen: {what}")


def expect(condition: bool, what: str) -> None:
    if not condition:
        raise Failure(what)
    say(f"seen: {what}")


def logged(worker: Worker, event: str) -> bool:
    return f'"{event}"' in worker.log.read_text(errors="replace")


def without_keys(run: Run) -> None:
    worker = run.stage.worker("plain", run.plain)
    worker.wait_ready()
    run.send(run.people.records(1, AMBIGUOUS) + run.people.records(1, NOT_FOUND), answers=1)
    wait_until(lambda: any(run.people.in_clear(one.value()) for one in run.personal()), 20, "CPR numbers in the clear")
    say("seen: without keys CPR numbers stand in the clear (control)")
    # The dead letter may have come first, from another partition.
    run.wait_waiting(worker, 1, "one request waits for its estate")
    worker.end()


def sealed(run: Run) -> Worker:
    run.write_keys("first")
    already = len(run.personal())
    worker = run.stage.worker("sealed", run.sealed)
    worker.wait_ready()
    run.wait_waiting(worker, 1, "a request from before there were keys is restored")
    run.send(run.people.records(20, AMBIGUOUS) + run.people.unreadable(5) + run.people.records(20, None))
    run.send(run.people.records(20, NOT_FOUND), answers=0)
    run.wait_waiting(worker, 21, "21 requests wait")
    fresh: list[Message] = []

    def so_many_are_written() -> bool:
        fresh[:] = [one for one in run.personal() if audit.header(one, HEADER)]
        return len(fresh) >= 65

    wait_until(so_many_are_written, 30, "65 sealed records")
    say(f"seen: {len(fresh)} records are sealed, {already} from before are not")
    expect(not any(run.people.in_clear(one.value()) for one in fresh), "no CPR number in a sealed record")
    values = [opened(one, run.keys) for one in fresh]
    expect(all(one in set(run.people.sent.values()) for one in values), "each opens to what was sent, to the byte")
    return worker


def replaced(run: Run, worker: Worker) -> None:
    run.write_keys("second", "first")
    wait_until(lambda: logged(worker, "encryption.keys-replaced"), 10, "the worker takes the new keys up")
    run.write_keys(text="second=abc\n")
    wait_until(lambda: logged(worker, "encryption.keys-unusable"), 10, "the worker tells of keys that are none")
    run.send(run.people.records(10, AMBIGUOUS))
    run.write_keys("second", "first")
    new = [one for one in run.personal() if audit.header(one, HEADER) == "second"]
    expect(len(new) >= 10, f"{len(new)} records are sealed with the second key, without a restart")
    expect(all(opened(one, run.keys) in set(run.people.sent.values()) for one in new), "and open with it")
    expect(worker.end() == 0, "the worker stops")
    worker.start()
    worker.wait_ready()
    run.wait_waiting(worker, 21, "the 21 that wait are restored with both keys")


def counted(run: Run) -> None:
    status, out = run.command("keys", "--json")
    rows = {row.get("key", ""): row for row in map(json.loads, out.splitlines())} if status == 0 else {}
    expect(
        status == 0 and rows["first"]["waitingRequests"] == 20 and rows["second"]["deadLetters"] == 10,
        "`proklama keys` counts what each key seals",
    )


def key_is_gone(run: Run, worker: Worker) -> None:
    run.write_keys("second")
    status, out = run.command("keys")
    expect(status == 1 and "'first'" in out, "`proklama keys` names the key that is gone")
    status, out = run.command("dead-letters", "replay", "--reason", "estate-ambiguous", "--dry-run")
    expect("sealed with a key" in out, "a replay refuses letters that it cannot open")
    expect(worker.end() == 0, "the worker stops")
    worker.start()
    wait_until(lambda: worker.status is not None, 60, "a worker that cannot read its ledger ends")
    expect("'first'" in worker.tail(5), "and its log names the key")
    run.write_keys("second", "first")
    worker.start()
    worker.wait_ready()
    run.wait_waiting(worker, 21, "with the key put back all that wait are there")


def put_back(run: Run, worker: Worker) -> None:
    before = {(one.partition(), one.offset()) for one in run.broker.read(REQUESTS)[0]}
    status, out = run.command("dead-letters", "replay", "--reason", "estate-ambiguous", "--yes")
    if status:
        raise Failure(f"the replay ended with {status}:\n{out}")
    again = [one for one in run.broker.read(REQUESTS)[0] if (one.partition(), one.offset()) not in before]
    expect(len(again) == 31, "31 dead letters were put back")
    expect(all(one.value() in set(run.people.sent.values()) for one in again), "each as it was, to the byte")
    expect(not any(audit.header(one, HEADER) for one in again), "and not sealed")
    run.send([], answers=len(again))
    worker.alive()


def whole(stage: Stage) -> bool:
    run = Run(stage)
    without_keys(run)
    worker = sealed(run)
    replaced(run, worker)
    counted(run)
    key_is_gone(run, worker)
    put_back(run, worker)
    erasing.erased(run, worker)
    erasing.killed(run, worker)
    worker.end()
    log = b"".join(Path(path).read_bytes() for path in stage.directory.glob("*.log"))
    expect(not run.people.in_clear(log), "no log has a CPR number")
    expect(not any(one.hex().encode() in log for one in run.keys.values()), "no log has a key")
    return True


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    common_options(parser)
    return play("personal data", parser.parse_args(), whole)


if __name__ == "__main__":
    sys.exit(main())
