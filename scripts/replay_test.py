#!/usr/bin/env python3
"""Replay on a real Kafka: exactly once through kill -9 and a second replay beside it, counted by an outside reader.

Starts Kafka, makes dead letters over all reasons, and uses the program as an operator would. Then starts the simulator
and a worker: each replayed record gets one answer, and a record of arbitrary bytes goes round five times unchanged.

  scripts/replay_test.py
  scripts/replay_test.py --letters 50000
"""

from __future__ import annotations

import environment  # noqa: F401

# isort: split

import argparse
import json
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import audit
from confluent_kafka import Message, Producer
from harness import Kafka, Process, Stage, common_options
from letters import AUDIT, LETTERS, NAME, Headers, Letter, digest, failure_headers, letters
from machine import Failure, say, wait_until
from stream import INPUTS
from traffic import NOTIFICATIONS, REFUSED, REQUESTS, claim, cpr, encode, key

PARTITIONS = 6


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=int, default=6000)
    parser.add_argument("--kills", type=int, default=2, help="kill -9 in the middle of the replay")
    parser.add_argument("--seed", type=int, default=1)
    common_options(parser)
    return parser.parse_args()


def expect(condition: bool, what: str) -> None:
    if not condition:
        raise Failure(f"NOT SO: {what}")
    say(f"ok: {what}")


class Operator:
    """Who uses the program, and who looks at the topics from outside."""

    def __init__(self, stage: Stage, kafka: Kafka, file: Path) -> None:
        self._stage = stage
        self.bootstrap = kafka.bootstrap
        self._program = [str(stage.program("proklama")), "dead-letters"]
        self._file = ["-c", str(file)]
        self._broker = audit.Broker(kafka.bootstrap, 60)
        self._producer = Producer({"bootstrap.servers": kafka.bootstrap, "linger.ms": 5, "acks": "all", "log_level": 2})
        self._started = 0

    def command(self, action: str, *options: str) -> list[str]:
        return [*self._program, action, *self._file, *options]

    def run(self, action: str, *options: str, status: int = 0) -> str:
        command = self.command(action, *options)
        ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
        if ended.returncode != status:
            raise Failure(f"{' '.join(command)} ended with {ended.returncode}:\n{ended.stdout}{ended.stderr}")
        return ended.stdout + ended.stderr

    def start(self, action: str, *options: str) -> Process:
        self._started += 1
        log = self._stage.directory / f"{action}-{self._started}.log"
        process = Process(f"{action} {self._started}", self.command(action, *options), log)
        self._stage.at_end(lambda: process.end(signal.SIGKILL))
        return process

    def objects(self, action: str, *options: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.run(action, *options, "--json").splitlines()]

    def produce(
        self, topic: str, key: bytes | None, value: bytes | None, headers: Headers, partition: int = -1
    ) -> None:
        self._producer.produce(topic, value, key, partition, headers=headers)
        self._producer.poll(0)

    def flush(self) -> None:
        if self._producer.flush(60):
            raise Failure("the broker does not take everything")

    def read(self, topic: str) -> list[Message]:
        messages, behind = self._broker.read(topic)
        if behind:
            raise Failure(f"{topic}: offsets behind an open transaction: {behind}")
        return messages

    def replayed(self) -> list[Message]:
        """What stands on the inputs."""
        return [message for name in INPUTS for message in self.read(f"estate.{name}")]

    def ends(self, topic: str) -> int:
        return sum(self._broker.ends(topic).values())

    def audited(self) -> dict[str, dict[str, Any]]:
        """The newest audit record of each letter."""
        return {(one.key() or b"").decode(): json.loads(one.value() or b"null") for one in self.read(AUDIT)}


def own_headers(message: Message) -> Headers:
    found: Any = message.headers() or []
    return [(name, value) for name, value in found if not name.startswith("proklama.")]


def digest_of(message: Message) -> str:
    return digest(message.key(), message.value(), own_headers(message))


def lists_and_plans(operator: Operator, made: list[Letter]) -> None:
    began = time.monotonic()
    rows = operator.objects("list")
    took = time.monotonic() - began
    wanted = Counter((one.category, one.reason) for one in made)
    found = {(row["category"], row["reason"]): (row["count"], row["open"]) for row in rows}
    expect(found == {kind: (count, count) for kind, count in wanted.items()}, f"list counts all reasons ({took:.1f} s)")
    some = made[7]
    by_key = operator.objects("list", "--key", (some.key or b"").decode(), "--each")
    expect(len(by_key) == 1 and by_key[0]["reason"] == some.reason, "list --key finds the one")
    by_reference = operator.objects("list", "--reference", "DL-00000[57]".replace("[57]", "?"), "--each")
    expect(len(by_reference) == sum(1 for one in made[:10] if one.value and b"DL-" in one.value), "list --reference")
    by_header = operator.objects("list", "--where", f"{NAME}={some.name[:-1]}?", "--each", "--status", "open")
    expect(len(by_header) == 10, "list --where finds ten")
    before = [operator.ends(topic) for topic in (AUDIT, *(f"estate.{name}" for name in INPUTS))]
    plan = operator.run("replay", "--category", "certificate", "--dry-run")
    after = [operator.ends(topic) for topic in (AUDIT, *(f"estate.{name}" for name in INPUTS))]
    expect(before == after and "dry run" in plan, "a dry run writes nothing")
    text = operator.run("replay", "--category", "certificate", status=64)
    expect("--yes" in text, "without a terminal and --yes nothing is written")


def survives_kills(operator: Operator, made: list[Letter], kills: int) -> None:
    """One category, killed in the middle, and at last two replays side by side."""
    wanted = {one.name: one for one in made if one.category == "certificate"}
    command = ["--category", "certificate", "--yes", "--note", "certificate renewed", "--rate", f"{len(wanted) / 8}/s"]

    def audit_grows(beyond: int) -> None:
        wait_until(lambda: operator.ends(AUDIT) > beyond, 60, "a replay writes")

    for number in range(kills):
        process = operator.start("replay", *command)
        audit_grows(operator.ends(AUDIT))
        time.sleep(0.7 + 0.37 * number)
        process.end(signal.SIGKILL)
        say(f"killed replay {number + 1}")
    first = operator.start("replay", *command)
    audit_grows(operator.ends(AUDIT))
    second = operator.start("replay", *command)
    for process in (first, second):
        wait_until(lambda: process.status is not None, 120, f"{process.name} ends")  # noqa: B023
    found = operator.replayed()
    counts = Counter(audit.header(one, NAME) for one in found)
    expect(set(counts) == set(wanted), f"all {len(wanted)} records of the category are back, and no other")
    twice = sum(1 for count in counts.values() if count > 1)
    expect(twice == 0, f"each of them exactly once ({twice} came more often)")
    # Which of them takes the lock last depends on how fast each one starts.
    ended = sorted((first, second), key=lambda process: process.status or 0)
    expect(ended[0].status == 0, f"the one that has the lock last finishes ({ended[0].tail(1)})")
    expect(ended[1].status == 1 and "takes over" in ended[1].tail(), "the other one is told, and stops")
    same = all(digest_of(one) == wanted[audit.header(one, NAME)].digest for one in found)
    expect(same, "key, value and headers are as they were")
    places = all(one.partition() == wanted[audit.header(one, NAME)].partition for one in found)
    expect(places and {one.topic() for one in found} == {REQUESTS}, "on the topics and partitions that they came from")
    trail = operator.audited()
    targets = {(entry["target"]["partition"], entry["target"]["offset"]) for entry in trail.values()}
    expect(len(trail) == len(wanted), "the audit has one entry a letter")
    expect(targets == {(one.partition(), one.offset()) for one in found}, "and tells the offset of each")
    again = operator.run("replay", "--category", "certificate", "--yes")
    expect(
        "nothing left" in again and len(operator.replayed()) == len(found), "the same command has nothing left to do"
    )


def keeps_the_rate(operator: Operator, rate: int) -> None:
    before = len(operator.replayed())
    operator.run("replay", "--category", "environment", "--yes", "--rate", f"{rate}/s", "--limit", str(rate * 4))
    new = sorted(one.timestamp()[1] for one in operator.replayed())[before:]
    measured = (len(new) - rate / 10) / ((new[-1] - new[0]) / 1000)
    deviation = abs(measured / rate - 1)
    expect(deviation < 0.05, f"--rate {rate}/s was {measured:.1f}/s over {len(new)} records ({deviation:.1%} off)")


def discards_and_repairs(operator: Operator, made: list[Letter]) -> None:
    operator.run("discard", "--reason", "died-before-portal", "--yes", status=64)
    operator.run("discard", "--reason", "died-before-portal", "--yes", "--note", "filed by mail")
    rows = operator.objects("list", "--reason", "died-before-portal")
    expect(rows[0]["discarded"] == rows[0]["count"] and rows[0]["open"] == 0, "discard marks them")
    before = operator.ends(LETTERS)
    operator.run("replay", "--reason", "died-before-portal", "--yes")
    expect(operator.ends(LETTERS) == before, "a replay leaves discarded ones out, and nothing is deleted")
    one = next(letter for letter in made if letter.reason == "malformed")
    edit = ["--edit-header", "source.system=ledger-south", "--again", "--limit", "1", "--yes"]
    operator.run("replay", "--where", f"{NAME}={one.name}", *edit)
    found = [message for message in operator.replayed() if audit.header(message, NAME) == one.name]
    expect(len(found) == 1 and audit.header(found[0], "source.system") == "ledger-south", "--edit-header")
    place = audit.header(found[0], "proklama.replay.of")
    expect(any("ledger-south" in edit for edit in operator.audited()[place]["edits"]), "which the audit tells")


def goes_elsewhere(operator: Operator, made: list[Letter]) -> None:
    one = next(letter for letter in made if letter.reason == "conflicting-reference")
    select = ["--where", f"{NAME}={one.name}", "--yes"]
    operator.run("replay", *select, "--to-topic", "estate.ledger", status=64)
    operator.run("replay", *select, "--to-topic", "estate.nowhere", status=1)
    operator.run("replay", *select, "--to-topic", NOTIFICATIONS)
    found = [message for message in operator.read(NOTIFICATIONS) if audit.header(message, NAME) == one.name]
    expect(len(found) == 1 and digest_of(found[0]) == one.digest, "--to-topic")


def takes_left_out_values_from_the_source(operator: Operator) -> None:
    """Letters that were too large to be kept whole: one whose source is there, and one whose source is gone."""
    digits = cpr(50_000)
    value = encode(claim(digits, "LARGE"))
    operator.produce(REQUESTS, key(digits), value, [(NAME, "source"), ("mine", b"\x00")], 2)
    operator.flush()
    source = next(one for one in operator.read(REQUESTS) if audit.header(one, NAME) == "source")
    truncated: Headers = [("proklama.error.truncated", "value"), ("test.case", "truncated")]
    for name, offset in (("there", source.offset() or 0), ("gone", 10_000_000)):
        letter = Letter(name, "environment", "portal-unavailable", key(digits), None, [], 2)
        operator.produce(LETTERS, letter.key, None, [*failure_headers(letter, offset), *truncated, (NAME, name)])
    operator.flush()
    text = operator.run("replay", "--where", "test.case=truncated", "--yes", status=1)
    found = [one for one in operator.replayed() if audit.header(one, "proklama.replay.id") in text]
    found = [one for one in found if audit.header(one, "proklama.replay.id")]
    same = len(found) == 1 and digest_of(found[0]) == digest_of(source)
    expect(same and "source record is gone" in text, "a value that was left out comes from the source, or is refused")


def stops_cleanly(operator: Operator) -> None:
    process = operator.start("replay", "--reason", "estate-*", "--yes", "--rate", "50/s")
    before = operator.ends(AUDIT)
    wait_until(lambda: operator.ends(AUDIT) > before, 60, "a replay writes")
    status = process.end(signal.SIGINT, 5)
    expect(status == 1 and "stopped" in process.tail(), f"SIGINT stops it cleanly ({process.tail(1)})")
    replayed = sum(row["replayed"] for row in operator.objects("list", "--reason", "estate-*"))
    expect(f"replayed {replayed} of" in process.tail(), "and it tells truly how far it came")


def answered_once(operator: Operator, stage: Stage, file: Path) -> None:
    stage.worker("worker", file).wait_ready()
    asked = {(one.topic(), one.partition(), one.offset()) for one in operator.replayed()}

    def answers() -> Counter[tuple[str | None, int | None, int | None]]:
        replies = [*operator.read("estate.claim-replies"), *operator.read("estate.estate-replies")]
        results = [audit.reply_of(one).source for one in replies]
        results += [audit.dead_letter_of(one).source for one in operator.read(LETTERS) if round_of(one)]
        return Counter((one.topic, one.partition, one.offset) for one in results if one)

    wait_until(lambda: len(answers()) >= len(asked), 90, "all that was replayed is answered", 1)
    found = answers()
    expect(set(found) == asked and set(found.values()) == {1}, f"the worker answers each of {len(asked)} exactly once")


def round_of(message: Message) -> int:
    return int(audit.header(message, "proklama.replay.count") or 0)


def letter_of(operator: Operator, name: str, round_: int) -> Message:
    found: list[Message] = []

    def is_there() -> bool:
        messages = operator.read(LETTERS)
        found[:] = [one for one in messages if audit.header(one, NAME) == name and round_of(one) == round_]
        return bool(found)

    wait_until(is_there, 30, f"{name} is dead-lettered for the {round_ + 1}. time", 0.2)
    return found[0]


def goes_round(operator: Operator, seed: int, rounds: int) -> None:
    """A record of arbitrary bytes with a hundred headers, through the worker and back."""
    chance = random.Random(seed)
    headers: Headers = [(NAME, "round")]
    headers += [(f"h{chance.randrange(60)}", chance.choice([None, b"", chance.randbytes(40)])) for _ in range(99)]
    key_, value = chance.randbytes(40), chance.randbytes(5000)
    operator.produce(REQUESTS, key_, value, headers, 3)
    operator.flush()
    wanted = digest(key_, value, headers)
    for round_ in range(rounds):
        letter = letter_of(operator, "round", round_)
        same = digest_of(letter) == wanted and audit.header(letter, "proklama.source.partition") == "3"
        expect(same, f"round {round_ + 1}: byte-identical")
        ours = [name for name, _ in audit.headers(letter) if name.startswith("proklama.")]
        expect(len(ours) == len(set(ours)), f"round {round_ + 1}: {len(ours)} headers of ours, none twice")
        select = ["--where", f"{NAME}=round", "--yes"]
        if round_ >= 2:
            text = operator.run("replay", *select, status=1)
            expect("refused: 1 failed the same way" in text, f"round {round_ + 1}: the loop guard refuses it")
        operator.run("replay", *select, "--max-replays", "100")
    last = letter_of(operator, "round", rounds)
    expect(digest_of(last) == wanted, f"after {rounds} replays: byte-identical")
    expect(
        audit.header(last, "proklama.error.repeats") == str(rounds + 1), "and it counts how often it failed this way"
    )
    text = operator.run("show", "--partition", str(last.partition()), "--offset", str(last.offset()))
    expect(text.count("replayed by") == rounds and text.count("failed again") == rounds, "show has its whole history")
    rows = operator.objects("list", "--where", f"{NAME}=round")
    expect(
        (rows[0]["refailed"], rows[0]["open"]) == (rounds, 1), "list has the earlier ones as refailed, the last open"
    )


def settled_is_not_filed_again(operator: Operator) -> None:
    """A replayed request whose filing is settled; and one whose filing had been refused."""
    digits, refused = cpr(40_000), cpr(40_001, REFUSED)
    value, headers = encode(claim(digits, "SETTLED")), [(NAME, "settled")]
    operator.produce(REQUESTS, key(digits), value, list(headers), 0)
    operator.produce(REQUESTS, key(refused), encode(claim(refused, "REFUSED")), [(NAME, "refused")], 0)
    operator.flush()

    def replies() -> list[dict[str, Any]]:
        found = [json.loads(one.value() or b"{}") for one in operator.read("estate.claim-replies")]
        return [one for one in found if one["reference"] == "SETTLED"]

    wait_until(lambda: len(replies()) == 1, 30, "the first is filed", 0.2)
    letter = Letter("settled", "environment", "portal-unavailable", key(digits), value, list(headers), 0)
    operator.produce(LETTERS, letter.key, value, [*headers, *failure_headers(letter, 0)])
    operator.flush()
    operator.run("replay", "--where", f"{NAME}=settled", "--yes")
    wait_until(lambda: len(replies()) == 2, 30, "the replayed one is answered", 0.2)
    first, second = replies()
    expect(second["outcome"] == "already-filed" and second["receipt"] == first["receipt"], "settled: already-filed")
    before = letter_of(operator, "refused", 0)
    operator.run("replay", "--where", f"{NAME}=refused", "--yes")
    after = letter_of(operator, "refused", 1)
    attempts = [int(audit.header(one, "proklama.error.attempts")) for one in (before, after)]
    expect(attempts[1] > attempts[0], f"refused: tried afresh, attempts {attempts[0]} and then {attempts[1]}")
    firsts = {audit.header(one, "proklama.error.first-at") for one in (before, after)}
    expect(len(firsts) == 1, "and the time of its first failure is kept")


def run(stage: Stage, options: argparse.Namespace) -> bool:
    kafka = stage.kafka()
    portal = stage.simulator("--latency", "5")
    file = stage.settings_file(kafka, portal.url, {"retry.backoff.min": "100ms"})
    stage.create_topics(file, PARTITIONS, 1)
    operator = Operator(stage, kafka, file)
    made = list(letters(options.letters, PARTITIONS, options.seed))
    for number, letter in enumerate(made):
        operator.produce(LETTERS, letter.key, letter.value, [*letter.headers, *failure_headers(letter, number)])
    operator.flush()
    say(f"{len(made)} dead letters made")
    lists_and_plans(operator, made)
    survives_kills(operator, made, options.kills)
    keeps_the_rate(operator, 200)
    discards_and_repairs(operator, made)
    goes_elsewhere(operator, made)
    takes_left_out_values_from_the_source(operator)
    stops_cleanly(operator)
    answered_once(operator, stage, file)
    goes_round(operator, options.seed, 5)
    settled_is_not_filed_again(operator)
    return True


def main() -> int:
    options = arguments()
    try:
        with Stage(options) as stage:
            stage.passed = run(stage, options)
    except Failure as failure:
        print(f"replay: {failure}", file=sys.stderr)
        print("replay: FAILED")
        return 1
    print("replay: passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
