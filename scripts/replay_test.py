#!/usr/bin/env python3
"""Replay on a real Kafka: exactly once through kill -9 and a second replay beside it, counted by an outside reader.

Starts Kafka, makes dead letters over all reasons, and uses the program as an operator would. Then starts the simulator
and workers: each replayed record gets one answer, a record of arbitrary bytes goes round five times unchanged, and
workers replay by themselves what a closed gate has left (scripts/gate_letters.py).

  scripts/replay_test.py
  scripts/replay_test.py --letters 50000
  scripts/replay_test.py --brokers 3          each broker is killed and started again in the middle of a replay
"""

from __future__ import annotations

import environment  # noqa: F401

# isort: split

import argparse
import json
import random
import signal
import statistics
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import audit
from gate_letters import by_gate
from harness import Kafka, Stage, Worker, common_options, play
from letters import AUDIT, LETTERS, NAME, Headers, Letter, digest, failure_headers, letters
from machine import say, wait_until
from replaying import Operator, digest_of, expect, letter_of, round_of
from schema_check import line_problems, problems
from stream import INPUTS
from traffic import NOTIFICATIONS, REFUSED, REQUESTS, claim, cpr, encode, key

PARTITIONS = 6


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=int, default=6000)
    parser.add_argument("--kills", type=int, default=2, help="kill -9 in the middle of the replay")
    parser.add_argument("--brief", action="store_true", help="leave out what takes a minute: gates that close again")
    parser.add_argument("--brokers", type=int, default=1, choices=(1, 3))
    parser.add_argument("--seed", type=int, default=1)
    common_options(parser)
    return parser.parse_args()


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
    command = ["--category", "certificate", "--yes", "--note", "certificate renewed", "--rate"]
    quick, slow = f"{len(wanted) / 8}/s", f"{len(wanted) / 30}/s"

    def audit_grows(beyond: int) -> None:
        wait_until(lambda: operator.ends(AUDIT) > beyond, 60, "a replay writes")

    for number in range(kills):
        process = operator.start("replay", *command, quick)
        audit_grows(operator.ends(AUDIT))
        time.sleep(0.7 + 0.37 * number)
        process.end(signal.SIGKILL)
        say(f"killed replay {number + 1}")
    # It must not have finished when the other one begins, however long that takes.
    first = operator.start("replay", *command, slow)
    audit_grows(operator.ends(AUDIT))
    second = operator.start("replay", *command, quick)
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


def survives_brokers(operator: Operator, kafka: Kafka, made: list[Letter]) -> None:
    """Each broker is killed in the middle of a replay and started again: one of them coordinates its transactions."""
    reasons = ["portal-unavailable", "wrong-host", "server-certificate"]
    for broker, reason in enumerate(reasons, 1):
        wanted = {one.name: one for one in made if one.reason == reason}
        select = ["--reason", reason, "--yes", "--note", f"broker {broker} dies", "--rate", f"{len(wanted) / 15}/s"]
        before = operator.ends(AUDIT)
        process = operator.start("replay", *select, "--json")
        wait_until(lambda: operator.ends(AUDIT) > before + 20, 60, "a replay writes")  # noqa: B023
        kafka.act("kill", broker)
        say(f"killed broker {broker}")
        time.sleep(4)
        kafka.act("restart", broker)
        wait_until(lambda: process.status is not None, 180, f"{process.name} ends")  # noqa: B023
        result = json.loads(process.log.read_text().splitlines()[-1]) if process.status == 0 else {}
        expect(
            process.status == 0 and result["end"] == "finished" and result["done"] == len(wanted),
            f"a replay goes on when broker {broker} dies and comes back ({process.tail(1)})",
        )
        counts = Counter(audit.header(one, NAME) for one in operator.replayed())
        twice = [name for name in wanted if counts[name] > 1]
        missing = [name for name in wanted if counts[name] == 0]
        expect(
            not twice and not missing,
            f"each of {len(wanted)} exactly once ({len(twice)} twice, {len(missing)} missing)",
        )


def knows_who_took_the_lock(operator: Operator, made: list[Letter]) -> None:
    """Another takes the lock in the middle: a worker by itself, and then a person."""
    wanted = {one.name for one in made if one.reason == "unknown-filing"}
    select = ["--reason", "unknown-filing", "--yes", "--json", "--rate"]

    def interrupted(is_automatic: bool, seconds: int) -> tuple[int | None, dict[str, Any]]:
        before = operator.ends(AUDIT)
        process = operator.start("replay", *select, f"{len(wanted) / seconds}/s")
        wait_until(lambda: operator.ends(AUDIT) > before + 15, 60, "a replay writes")
        operator.take_the_lock("other", is_automatic)
        wait_until(lambda: process.status is not None, 60, f"{process.name} ends")
        lines = [line for line in process.log.read_text().splitlines() if line.startswith('{"type":"result"')]
        return process.status, json.loads(lines[-1])

    status, result = interrupted(False, 30)
    expect(status == 1 and result["end"] == "lock-lost", "a replay that loses the lock to a person's ends")
    expect(result["lostTo"] == "other" and 0 < result["left"] < len(wanted), f"and tells ({result})")
    status, result = interrupted(True, 8)
    expect(status == 0 and result["end"] == "finished", "one that loses it to a worker's takes it back")
    counts = Counter(name for one in operator.replayed() if (name := audit.header(one, NAME)) in wanted)
    expect(set(counts) == wanted and set(counts.values()) == {1}, f"each of {len(wanted)} exactly once")


def keeps_the_rate(operator: Operator, rate: int) -> None:
    """From each transaction to the tenth after it: what a busy machine holds up for a moment must not count.

    It is not made up for, so the rate may be lower than it was told, but never higher.
    """
    for number in range(rate * 4):
        digits = cpr(70_000 + number)
        value = encode(claim(digits, f"RATE-{number}"))
        letter = Letter(f"rate-{number}", "environment", "unexpected-api", key(digits), value, [], number % PARTITIONS)
        operator.produce(LETTERS, letter.key, value, [(NAME, letter.name), *failure_headers(letter, number)])
    operator.flush()
    operator.run("replay", "--where", f"{NAME}=rate-*", "--yes", "--rate", f"{rate}/s")
    new = sorted(one.timestamp()[1] for one in operator.replayed() if audit.header(one, NAME).startswith("rate-"))
    starts = new[:: rate // 10]
    measured = rate / (statistics.median(later - one for one, later in zip(starts, starts[10:], strict=False)) / 1000)
    whole = (len(new) - 3 * rate / 10) / ((new[-1] - new[0]) / 1000)
    expect(
        len(new) == rate * 4 and rate / 1.5 < measured < rate * 1.05 and whole < rate * 1.05,
        f"--rate {rate}/s was {measured:.1f}/s over {len(new)} records",
    )


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


def tells_programs(operator: Operator, made: list[Letter]) -> None:
    """What a script reads: one JSON object a line, and nothing else on standard output."""
    wanted = sum(1 for one in made if one.reason == "filing-withdrawn")
    select = ["--reason", "filing-withdrawn"]
    plans = operator.objects("replay", *select, "--dry-run")
    expect(
        [(one["type"], one["dryRun"], one["planned"]) for one in plans] == [("plan", True, wanted)]
        and plans[0]["reasons"][0]["reason"] == "filing-withdrawn",
        "--dry-run --json is the plan",
    )
    plan, result = operator.objects("discard", *select, "--yes", "--note", "by a script", "--limit", "3")
    expect((plan["type"], plan["planned"]) == ("plan", 3), "--json has the plan first")
    expect(
        (result["type"], result["end"], result["done"], result["left"]) == ("result", "finished", 3, 0),
        "and then the result",
    )
    wrong = [problem for line in [*plans, plan, result] for problem in line_problems("dead-letters-replay", line)]
    wrong += [
        problem
        for one in operator.read(AUDIT)
        for problem in problems(AUDIT.removeprefix("estate."), one.key(), one.value(), [])
    ]
    expect(not wrong, f"all of it is as the schemas say {wrong[:3]}")
    runs = Counter(entry["run"] for entry in operator.audited().values())
    expect(runs[result["run"]] == 3, "whose run the audit has")
    nothing = operator.objects("replay", "--reason", "no-such-reason", "--dry-run", status=1)
    expect([one["planned"] for one in nothing] == [0], "a plan of nothing is a plan too, with status 1")


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
    # The first record tells who holds the lock; by then a transaction of letters has been committed.
    wait_until(lambda: operator.ends(AUDIT) > before + 12, 60, "a replay writes")
    status = process.end(signal.SIGINT, 5)
    expect(status == 1 and "stopped" in process.tail(), f"SIGINT stops it cleanly ({process.tail(1)})")
    replayed = sum(row["replayed"] for row in operator.objects("list", "--reason", "estate-*"))
    expect(replayed > 0 and f"replayed {replayed} of" in process.tail(), "and it tells truly how far it came")


def answered_once(operator: Operator, stage: Stage, file: Path) -> Worker:
    worker = stage.worker("worker", file)
    worker.wait_ready()
    asked = {(one.topic(), one.partition(), one.offset()) for one in operator.replayed()}

    def answers() -> Counter[tuple[str | None, int | None, int | None]]:
        replies = [*operator.read("estate.claim-replies"), *operator.read("estate.estate-replies")]
        results = [audit.reply_of(one).source for one in replies]
        results += [audit.dead_letter_of(one).source for one in operator.read(LETTERS) if round_of(one)]
        return Counter((one.topic, one.partition, one.offset) for one in results if one)

    wait_until(lambda: len(answers()) >= len(asked), 90, "all that was replayed is answered", 1)
    found = answers()
    expect(set(found) == asked and set(found.values()) == {1}, f"the worker answers each of {len(asked)} exactly once")
    return worker


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


def odd_ones_go_round(operator: Operator) -> None:
    """No key; no value; neither; nothing but headers of 200 kB; a name and values of ours that somebody made up."""
    forged: Headers = [
        ("proklama.error.attempts", str(2**63 - 1)),
        ("proklama.error.repeats", "-1"),
        ("proklama.x", "x"),
    ]
    odd: dict[str, tuple[bytes | None, bytes | None, Headers]] = {
        "odd-no-key": (None, b"{}", []),
        "odd-no-value": (b"k", None, [("h", None), ("h", b""), ("", b"\xff")]),
        "odd-neither": (None, None, []),
        "odd-empty": (b"", b"", []),
        "odd-huge": (b"k", b"\x00\xff", [(f"h{number}", bytes(50_000)) for number in range(4)]),
        "odd-forged": (b"k", b"no JSON", forged),
    }
    for name, (key_, value, headers) in odd.items():
        operator.produce(REQUESTS, key_, value, [(NAME, name), *headers], 1)
    operator.flush()
    for name, (key_, value, headers) in odd.items():
        wanted = digest(key_, value, [(NAME, name), *headers])
        first = letter_of(operator, name, 0)
        operator.run("replay", "--where", f"{NAME}={name}", "--yes")
        second = letter_of(operator, name, 1)
        texts = [audit.header(second, f"proklama.error.{one}") for one in ("repeats", "attempts")]
        expect(
            digest_of(first) == digest_of(second) == wanted and texts[0] == "2" and int(texts[1]) < 10,
            f"{name}: byte-identical, there and back",
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
    kafka = stage.kafka(options.brokers)
    portal = stage.simulator("--latency", "5")
    file = stage.settings_file(kafka, portal.url, {"retry.backoff.min": "100ms"})
    stage.create_topics(file, PARTITIONS, options.brokers)
    operator = Operator(stage, kafka, file)
    made = list(letters(options.letters, PARTITIONS, options.seed))
    for number, letter in enumerate(made):
        operator.produce(LETTERS, letter.key, letter.value, [*letter.headers, *failure_headers(letter, number)])
    operator.flush()
    say(f"{len(made)} dead letters made")
    lists_and_plans(operator, made)
    survives_kills(operator, made, options.kills)
    keeps_the_rate(operator, 200)
    if options.brokers > 1:
        survives_brokers(operator, kafka, made)
    knows_who_took_the_lock(operator, made)
    discards_and_repairs(operator, made)
    goes_elsewhere(operator, made)
    tells_programs(operator, made)
    takes_left_out_values_from_the_source(operator)
    stops_cleanly(operator)
    worker = answered_once(operator, stage, file)
    goes_round(operator, options.seed, 5)
    odd_ones_go_round(operator)
    settled_is_not_filed_again(operator)
    worker.end()
    by_gate(operator, stage, file, portal, options.brief)
    return True


def main() -> int:
    options = arguments()
    return play("replay", options, lambda stage: run(stage, options))


if __name__ == "__main__":
    sys.exit(main())
