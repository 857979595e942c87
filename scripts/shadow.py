#!/usr/bin/env python3
"""From filing by hand to a shadow, and from the shadow to filing, on a real Kafka: docs/onboarding.md, proven.

Some filings are made at the portal by hand. A shadow works through the same topics and is killed in the middle: the
portal must see no changing call. Then a worker that files takes over on the same topics: everything is filed once,
and what was filed by hand is adopted.

  scripts/shadow.py
"""

from __future__ import annotations

import environment  # noqa: F401

# isort: split

import argparse
import json
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import audit
import leaks
import schema_check
from confluent_kafka import Message, Producer
from harness import Simulator, Stage, Worker, common_options, play
from machine import Failure, fetch, say, wait_until
from stream import Feeder
from traffic import AMBIGUOUS, CREDITOR, NOT_FOUND, NOTIFICATIONS, REQUESTS, Record, claim, cpr, encode, key
from verdict import Identity

SETTINGS = {
    "portal.call.timeout": "2s",
    "estate.wait.min": "1h",
    "estate.wait.max": "2h",
    "filing.adopt": "true",
}
SHADOW = {"mode": "shadow"}
#: What a shadow may ask the portal for.
READS = {"token", "search", "lookup", "changes"}
OUTPUTS = ("claim-replies", "estate-replies", "dead-letters")


@dataclass
class People:
    """Requests, and what stands at the portal before the first of them."""

    records: list[Record] = field(default_factory=list)
    #: References that somebody files by hand: with the same contents, with others, and withdrawn again.
    same: set[str] = field(default_factory=set)
    other: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    waiting: int = 0


def people(count: int) -> People:
    made = People()
    for person in range(count):
        digits, reference = cpr(person), f"REF-{person}"
        message = claim(digits, reference)
        made.records.append(Record(REQUESTS, key(digits), encode(message)))
        if person % 6 == 0:
            made.same.add(reference)
        elif person % 50 == 1:
            made.other.add(reference)
        elif person % 50 == 2:
            made.gone.add(reference)
        if person % 10 == 3:  # says it again, and corrects it
            made.records.append(Record(REQUESTS, key(digits), encode(message)))
            amend = claim(digits, reference, "99.50") | {"id": f"amend-{person}", "action": "amend"}
            made.records.append(Record(REQUESTS, key(digits), encode(amend)))
        if person % 20 == 4:
            death = {"id": f"death-{person}", "cpr": digits, "dateOfDeath": "2026-09-14"}
            made.records.append(Record(NOTIFICATIONS, key(digits), encode(death)))
    for person in range(10):
        for serial in (AMBIGUOUS, NOT_FOUND):
            digits = cpr(person, serial)
            made.records.append(Record(REQUESTS, key(digits), encode(claim(digits, f"ODD-{serial}-{person}"))))
            made.waiting += serial == NOT_FOUND
    made.records.append(Record(REQUESTS, b"nobody", b"no JSON"))
    return made


def ask(portal: Simulator, path: str, method: str, body: Any = None) -> Any:
    status, answer = fetch(f"{portal.url}{path}", method, body, portal.context)
    if status not in (200, 201):
        raise Failure(f"{method} {path} answered {status}: {answer.decode(errors='replace')}")
    return json.loads(answer)


def file_by_hand(portal: Simulator, made: People) -> dict[str, str]:
    """Fills in the portal's form, as a person would: no idempotency keys, fields in another order. Returns receipts."""
    receipts = {}
    for reference in sorted(made.same | made.other | made.gone):
        digits = cpr(int(reference.removeprefix("REF-")))
        estate = ask(portal, "/doedsbojournaler?page=1&size=5", "POST", {"cprNummer": digits})[0]["doedsbojournalId"]
        message = claim(digits, reference)
        form = {
            "tekst": message["text"],
            "reference": reference,
            "hovedstol": "1.00" if reference in made.other else message["claim"]["principal"],
            "renter": message["claim"]["interest"],
            "omkostninger": message["claim"]["costs"],
            "foreloebig": False,
            "kreditor": {"cvrNummer": CREDITOR},
        }
        path = f"/doedsbojournaler/{estate}/krav"
        answer = ask(portal, path, "POST", form)
        if reference in made.gone:
            answer = ask(portal, f"{path}/{answer['id']}", "DELETE")
        receipts[reference] = answer["kvittering"]["id"]
    return receipts


class Run:
    def __init__(self, stage: Stage, count: int) -> None:
        self.stage = stage
        self.kafka = stage.kafka()
        self.portal = stage.simulator("--latency", "5")
        self.file = stage.settings_file(self.kafka, self.portal.url, SETTINGS)
        self.broker = audit.Broker(self.kafka.bootstrap, 30)
        self.made = people(count)
        self.by_hand = file_by_hand(self.portal, self.made)
        say(f"{len(self.by_hand)} filings are made by hand")
        self.before = self.seen()

    def seen(self) -> dict[str, Any]:
        """The simulator's own account."""
        found: dict[str, Any] = json.loads(self.portal.get("/_audit")[1])
        return found

    def command(self, *words: str) -> tuple[int, str]:
        command = [str(self.stage.program("proklama")), *words, "-c", str(self.file)]
        ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=90)
        return ended.returncode, ended.stdout + ended.stderr

    def answers(self, ending: str) -> list[Message]:
        return [one for name in OUTPUTS for one in self.broker.read(f"estate.{name}{ending}")[0]]

    def wait_answered(self, worker: Worker, ending: str, count: int, seconds: float = 90) -> list[Message]:
        def answered() -> int:
            worker.alive()
            return sum(
                sum(self.broker.ends(f"estate.{name}{ending}").values()) for name in OUTPUTS
            )  # transactions' markers count too, so this is only a hint

        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if answered() >= count and len(found := self.answers(ending)) >= count:
                return found
            time.sleep(0.5)
        raise Failure(f"{worker.name}: {len(self.answers(ending))} of {count} answers after {seconds:.0f} s")


def expect(condition: bool, what: str) -> None:
    if not condition:
        raise Failure(f"not so: {what}")
    say(f"seen: {what}")


def source_of(message: Message) -> Any:
    return audit.dead_letter_of(message).source if is_letter(message) else audit.reply_of(message).source


def is_letter(message: Message) -> bool:
    return "dead-letters" in (message.topic() or "")


def problems_of(messages: list[Message], ending: str) -> list[str]:
    """What the schemas say against them."""
    found = []
    for one in messages:
        topic = (one.topic() or "").removeprefix("estate.").removesuffix(ending)
        found += schema_check.problems(topic, one.key(), one.value(), audit.headers(one))
    return found


def labels(messages: list[Message]) -> Counter[str]:
    return Counter((audit.dead_letter_of if is_letter(one) else audit.reply_of)(one).label for one in messages)


def shadow(run: Run) -> None:
    status, out = run.command(
        "topics", "create", "--set", "mode=shadow", "--partitions", "3", "--replication-factor", "1"
    )
    expect(status == 0 and "estate.ledger.shadow" in out, "`proklama topics create` makes a shadow's topics")
    feeder = Feeder(run.kafka.bootstrap)
    for record in run.made.records:
        feeder.send(record)
    feeder.flush()
    worker = run.stage.worker("shadow", run.file, SHADOW | {"portal.rate.limit": "400/s"})
    worker.wait_ready()
    counted = 0

    def has_begun() -> bool:
        nonlocal counted
        counted = int(worker.metric("proklama_requests_total"))
        return counted >= 50

    wait_until(has_begun, 30, "the shadow has begun")
    worker.end(signal.SIGKILL)
    expect(counted < len(run.made.records), f"the shadow was killed in the middle, after some {counted} answers")
    worker.start()
    found = run.wait_answered(worker, ".shadow", len(run.made.records) - run.made.waiting)
    wait_until(lambda: worker.page("/status")[0] == 200, 30, "/status answers")
    page = json.loads(worker.page("/status")[1])
    expect(page["mode"] == "shadow", "/status says that it is a shadow")
    expect(worker.metric("proklama_mode_info", mode="shadow") == 1, "and so do the metrics")
    check, out = run.command("check", "--set", "mode=shadow")
    expect(check == 0 and "shadow: nothing is filed" in out, "`proklama check` says so too")
    expect(worker.end() == 0, "the shadow stops")
    sources = Counter(source_of(one) for one in found)
    expect(max(sources.values()) == 1, f"{len(found)} requests are answered once each")
    for name in OUTPUTS:
        known = run.broker.partitions(f"estate.{name}")
        expect(not known, f"no estate.{name} is there")
    after = run.seen()
    changing = {name: ends for name, ends in after["calls"].items() if name not in READS}
    before = {name: ends for name, ends in run.before["calls"].items() if name not in READS}
    expect(changing == before, "the portal saw no changing call of the shadow")
    expect(after["filings"] == len(run.by_hand), "and has what was filed by hand, and nothing else")
    ledger, _ = run.broker.read("estate.ledger.shadow")
    wrong = problems_of([*found, *ledger], ".shadow")
    expect(not wrong, f"{len(found) + len(ledger)} records are as schemas/ says: {wrong[:3]}")
    marked = [one for one in ledger if audit.header(one, "proklama.ledger.mode") == "shadow"]
    expect(len(marked) == len(ledger), "each record of its ledger says that a shadow has written it")
    reported(run, found)
    kept_apart(run, ledger)


def reported(run: Run, found: list[Message]) -> None:
    status, out = run.command("shadow", "report")
    print(f"\n{out}")
    code, text = run.command("shadow", "report", "--json")
    expect(status == code == 1, "the report's status tells that there are dead letters")
    needles = leaks.Needles()
    for topic in (REQUESTS, NOTIFICATIONS):
        needles.numbers |= leaks.numbers_in(run.broker.read(topic)[0])
    leaked = leaks.look(needles, (("its text", out.encode()), ("its JSON", text.encode()))).leaks
    expect(not leaked, f"it holds none of {len(needles.numbers)} CPR numbers")
    report = json.loads(text)
    expect(not schema_check.line_problems("shadow-report", report), "its JSON is as schemas/ says")
    counted = Counter[str]()
    for row in report["requests"]:
        counted[row["outcome"]] += row["count"]
    for name, count in report["notifications"].items():
        counted[name] += count
    for row in report["deadLetters"]:
        counted[f"{row['category']}/{row['reason']}"] += row["count"]
    expect(counted == labels(found), "it counts what is there")
    expect(report["filedByOthers"]["same"] == len(run.made.same), f"{len(run.made.same)} filings by hand were found")
    expect(report["unanswered"]["claimRequests"] == run.made.waiting, f"{run.made.waiting} wait for their estate")
    would = counted["would-file"]
    sums = {row["principal"] for row in report["creditors"]}
    expect(sums == {f"{would * 1284550 // 100}.{would * 1284550 % 100:02}"}, f"{would} claims are worth {sums}")


def kept_apart(run: Run, ledger: list[Message]) -> None:
    """Settings that would let the one touch what is the other's."""
    for setting in ("group.id=proklama-shadow", "topics.ledger=estate.ledger.shadow"):
        status, out = run.command("run", "--set", setting)
        expect(status == 78 and "shadow's" in out, f"a worker that files refuses {setting}")
    status, out = run.command("dead-letters", "replay", "--set", "mode=shadow", "--yes")
    expect(status == 64 and "shadow" in out, "a shadow's dead letters are not replayed")
    copied = ("--set", "topics.ledger=copied.ledger", "--set", "group.id=copied")
    run.command("topics", "create", *copied)
    producer = Producer({"bootstrap.servers": run.kafka.bootstrap, "acks": "all"})
    for one in ledger[:20]:
        headers: list[tuple[str, str | bytes | None]] = [*audit.headers(one)]
        producer.produce("copied.ledger", one.value(), one.key(), one.partition() or 0, headers=headers)
    producer.flush(20)
    status, out = run.command("run", *copied, "--set", "admin.listen=none")
    expect(
        status == 1 and "a shadow has written it" in out, "a worker that files stops at a shadow's ledger, even a copy"
    )


def live(run: Run) -> None:
    status, out = run.command("topics", "create")
    expect(status == 0, "`proklama topics create` makes the other topics")
    worker = run.stage.worker("live", run.file)
    worker.wait_ready()
    found = run.wait_answered(worker, "", len(run.made.records) - run.made.waiting)
    expect(worker.end() == 0, "the worker that files stops")
    sources = Counter(source_of(one) for one in found)
    expect(max(sources.values()) == 1, f"{len(found)} requests are answered once each")
    filings = {one.identity: one for one in audit.filings_of(run.portal.url)}
    expect(not [one for one in filings.values() if one.duplicates], f"{len(filings)} filings, duplicates 0")

    def of(reference: str) -> Any:
        return filings[Identity(CREDITOR, "", "claim", reference)]

    amended = {f"REF-{one}" for one in range(3, len(run.made.records), 10)}
    untouched = run.made.same - amended
    expect(
        all(of(one).events == ("submit",) for one in untouched), f"{len(untouched)} filings by hand are not filed again"
    )
    expect(all(of(one).events == ("submit",) for one in run.made.other), "nor are those with other contents touched")
    expect(
        all(of(one).events == ("submit", "withdraw", "submit") for one in run.made.gone),
        "what was withdrawn by hand is filed again",
    )
    ours = [one for one in filings if one.reference not in run.by_hand]
    expect(all(filings[one].stored == 1 for one in ours), f"{len(ours)} others are filed once each")
    replies = {one["reference"]: one for one in map(audit.contents, found) if one.get("outcome") == "already-filed"}
    adopted = {one for one in run.made.same if replies.get(one, {}).get("receipt", {}).get("id") == run.by_hand[one]}
    expect(adopted == run.made.same, f"{len(adopted)} are answered with the receipt that they got by hand")
    conflicts = [
        one for one in found if is_letter(one) and audit.header(one, "proklama.error.reason") == "conflicting-reference"
    ]
    expect(len(conflicts) == len(run.made.other), f"{len(conflicts)} with other contents are dead letters")
    wrong = problems_of(found, "")
    expect(not wrong, f"{len(found)} records are as schemas/ says: {wrong[:3]}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=600)
    common_options(parser)
    options = parser.parse_args()

    def whole(stage: Stage) -> bool:
        run = Run(stage, options.people)
        shadow(run)
        live(run)
        return True

    return play("shadow", options, whole)


if __name__ == "__main__":
    sys.exit(main())
