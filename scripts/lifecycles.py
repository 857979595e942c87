#!/usr/bin/env python3
"""Life cycles of filings on a real Kafka, under kill -9 and lost answers.

Each is submitted, amended twice, given three files, withdrawn and submitted again, with corrections of deaths in
between, for all kinds and for several creditors. Two workers are killed again and again, until nearly all is done, and
the portal loses answers. At the end the portal's state must be what the requests say, by docs/filings.md, and each
request must have its one answer.

  scripts/lifecycles.py --cycles 300 --seed 7
  scripts/lifecycles.py --cycles 10000 --rate 15
"""

from __future__ import annotations

import environment  # noqa: F401

# isort: split

import argparse
import heapq
import json
import random
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

import audit
from confluent_kafka import Consumer, KafkaError, Message, Producer, TopicPartition
from cycle_audit import CycleAudit, Portal, table
from cycles import STEP, Cycles, Person
from harness import Kafka, Simulator, Stage, Worker, common_options, play
from machine import Failure, say
from progress import Lane
from stream import INPUTS, Watcher
from verdict import Place

SETTINGS = {
    "portal.call.timeout": "2s",
    "retry.backoff.min": "100ms",
    "retry.backoff.max": "2s",
    "estate.wait.min": "1s",
    "estate.wait.max": "3s",
    "estate.wait.horizon": "7d",
    "kafka.session.timeout.ms": "6000",
}
#: Of the portal, all the time; and what comes on top now and then.
ALWAYS = {
    "submit.answer-lost": 0.05,
    "amend.answer-lost": 0.05,
    "withdraw.answer-lost": 0.05,
    "attach.answer-lost": 0.03,
}
SOMETIMES: list[dict[str, float]] = [
    {"submit.answer-lost": 0.4, "amend.answer-lost": 0.4, "withdraw.answer-lost": 0.4},
    {"submit.error-after": 0.3, "amend.error-after": 0.3, "withdraw.error-after": 0.3, "attach.error-after": 0.3},
    {"attach.answer-lost": 0.4, "cut-upload": 0.3},
    {"submit.malformed": 0.1, "amend.malformed": 0.1, "attach.malformed": 0.1},
    {"submit.slow-processing": 0.1, "amend.slow-processing": 0.1, "withdraw.slow-processing": 0.1},
    {"reset-before": 0.2},
    {"unavailable": 0.2, "too-many": 0.1},
    {"error": 0.2},
]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cycles", type=int, default=300)
    parser.add_argument("--rate", type=float, default=15, help="cycles begun a second")
    parser.add_argument("--open", type=int, default=1500, help="persons at once, at most")
    parser.add_argument("--seed", type=int, help="default: a new one, which is printed")
    parser.add_argument("--partitions", type=int, default=6)
    parser.add_argument("--brokers", type=int, default=1, choices=(1, 3))
    parser.add_argument("--every", type=float, default=10, help="seconds from kill to kill, on average")
    parser.add_argument("--settle", type=float, default=180, help="seconds without an answer after which it gives up")
    common_options(parser)
    return parser.parse_args()


class Listener(Watcher):
    """Tells of each answer as it becomes visible."""

    def __init__(self, bootstrap: str) -> None:
        self.sources: deque[Place] = deque()
        super().__init__(bootstrap)

    def _seen(self, message: Message, now: float) -> None:
        document = audit.dead_letter_of if (message.topic() or "").endswith("dead-letters") else audit.reply_of
        if source := document(message).source:
            self.sources.append(source)
        super()._seen(message, now)


class Acceptance:
    """How far the workers have accepted the inputs: their group's offsets, asked again and again on a thread."""

    def __init__(self, bootstrap: str, partitions: int) -> None:
        self.offsets: dict[Lane, int] = {}
        self._consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "proklama", "log_level": 2})
        self._lanes = [TopicPartition(f"estate.{name}", one) for name in INPUTS for one in range(partitions)]
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stopping.wait(0.3):
            try:
                found = self._consumer.committed(self._lanes, timeout=30)
            except Exception:  # an open transaction may hold the answer back for longer
                continue
            for one in found:
                self.offsets[one.topic, one.partition] = one.offset

    def close(self) -> None:
        self._stopping.set()
        self._thread.join()
        self._consumer.close()


class Sender:
    """Produces the steps of all persons, each when what it waits for has happened."""

    def __init__(self, kafka: Kafka, persons: list[Person], options: argparse.Namespace, listener: Listener) -> None:
        self._persons = persons
        self._listener = listener
        self._acceptance = Acceptance(kafka.bootstrap, options.partitions)
        self._producer = Producer(
            {"bootstrap.servers": kafka.bootstrap, "enable.idempotence": True, "linger.ms": 2, "log_level": 2}
        )
        self._rate, self._most = options.rate, options.open
        self._began = time.monotonic()
        #: Persons whose next step is due then.
        self._due: list[tuple[float, int]] = []
        #: Persons whose next step waits for something.
        self._waiting: set[int] = set()
        #: Of each person at work: how many steps are produced, where, and which have their answers.
        self._next: dict[int, int] = {}
        self._places: dict[int, list[Place | None]] = {}
        self._whose: dict[Place, tuple[int, int]] = {}
        self._early: set[Place] = set()
        self._answered: dict[int, set[int]] = {}
        self._started = self._cycles = 0
        self.sent = 0

    @property
    def is_done(self) -> bool:
        return self._started == len(self._persons) and not self._next

    @property
    def is_nearly_done(self) -> bool:
        """Whether so few are left that waiting for each while workers are killed would take most of the time."""
        return self._started == len(self._persons) and len(self._next) <= len(self._persons) // 20

    @property
    def at_work(self) -> int:
        return len(self._next)

    def turn(self) -> None:
        """Does what is due."""
        self._producer.poll(0)
        now = time.monotonic()
        while (
            self._started < len(self._persons)
            and len(self._next) < self._most
            and self._cycles / self._rate <= now - self._began
        ):
            person = self._persons[self._started]
            self._next[self._started], self._places[self._started], self._answered[self._started] = 0, [], set()
            self._waiting.add(self._started)
            self._started += 1
            self._cycles += person.cycles
        while self._listener.sources:
            self._heard(self._listener.sources.popleft())
        while self._due and self._due[0][0] <= now:
            self._produce(heapq.heappop(self._due)[1])
        for index in [one for one in self._waiting if self._is_ready(one)]:
            self._waiting.remove(index)
            step = self._persons[index].steps[self._next[index]]
            heapq.heappush(self._due, (now + step.pause, index))

    def _is_ready(self, index: int) -> bool:
        step, done = self._persons[index].steps[self._next[index]], self._next[index]
        if step.waits_for == "answered":
            return len(self._answered[index]) == done
        if step.waits_for == "accepted":
            return self._accepted(index) == done
        return True

    def _accepted(self, index: int) -> int:
        """How many of the produced steps are accepted, from the first on."""
        count = 0
        for place in self._places[index]:
            if place is None or self._acceptance.offsets.get((place.topic, place.partition), 0) <= place.offset:
                break
            count += 1
        return count

    def _known(self, index: int) -> int:
        """How many have their answers, from the first on."""
        count = 0
        while count in self._answered[index]:
            count += 1
        return count

    def _produce(self, index: int) -> None:
        person, number = self._persons[index], self._next[index]
        record = person.steps[number].record
        known = f"{person.number}/{number}/{self._known(index)}/{self._accepted(index)}"
        self._places[index].append(None)
        self._producer.produce(
            record.topic,
            record.value,
            record.key,
            headers=[*record.headers, (STEP, known)],
            on_delivery=lambda error, message: self._delivered(index, number, error, message),
        )
        self.sent += 1
        self._next[index] += 1
        if self._next[index] < len(person.steps):
            self._waiting.add(index)

    def _delivered(self, index: int, number: int, error: KafkaError | None, message: Message) -> None:
        if error is not None:
            raise Failure(f"a request could not be produced: {error}")
        place = audit.place_of(message)
        self._places[index][number] = place
        self._whose[place] = (index, number)
        if place in self._early:
            self._early.remove(place)
            self._heard(place)

    def _heard(self, place: Place) -> None:
        found = self._whose.pop(place, None)
        if found is None:
            self._early.add(place)
            return
        index, number = found
        self._answered[index].add(number)
        if len(self._answered[index]) == len(self._persons[index].steps):
            del self._next[index], self._places[index], self._answered[index]

    def close(self) -> None:
        self._producer.flush(30)
        self._acceptance.close()


class Killer:
    """Kills workers, starts them again, and lets the portal fail, by dice."""

    def __init__(self, seed: int, workers: list[Worker], portal: Simulator, every: float) -> None:
        self._dice = random.Random(seed)
        self._workers = workers
        self._portal = portal
        self._every = every
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._number = 0
        self.kills = self.stops = 0
        self.deaths: list[str] = []
        #: Bytes, the most that any worker has used.
        self.memory = 0
        self._down: set[str] = set()
        self._is_over = False
        self._later(self._dice.uniform(1, every), self._kill)
        self._later(every * 1.5, self._stop)
        self._later(0, self._change_faults)

    def _later(self, seconds: float, action: Callable[[], None]) -> None:
        self._number += 1
        heapq.heappush(self._due, (time.monotonic() + seconds, self._number, action))

    def turn(self) -> None:
        while self._due and self._due[0][0] <= time.monotonic():
            heapq.heappop(self._due)[2]()
        for worker in self._workers:
            if worker.name not in self._down and worker.status is not None:
                self.deaths.append(f"{worker.name} ended by itself with {worker.status}")
                say(f"{self.deaths[-1]}; its log ends:\n{worker.tail(5)}")
                worker.start()

    def _kill(self) -> None:
        """One, or now and then both at once."""
        victims = self._dice.sample(self._workers, self._dice.choice((1, 1, 1, 1, 2)))
        for worker in victims:
            if worker.name in self._down:
                continue
            self.note_memory(worker)
            worker.end(signal.SIGKILL)
            self.kills += 1
            self._down.add(worker.name)
            self._later(self._dice.choice((0.1, 1.0, 3.0, 8.0)), lambda worker=worker: self._again(worker))  # type: ignore[misc]
        self._later(self._dice.uniform(0.3, 2) * self._every, self._kill)

    def _stop(self) -> None:
        """In order, with SIGTERM; again only after a long while."""
        worker = self._dice.choice(self._workers)
        if worker.name in self._down or not worker.is_ready:
            self._later(1, self._stop)
            return
        self.note_memory(worker)
        status = worker.end(signal.SIGTERM)
        self.stops += 1
        if status != 0:
            self.deaths.append(f"{worker.name} ended with {status} after SIGTERM")
        worker.start()
        self._later(self._every * 10, self._stop)

    def _again(self, worker: Worker) -> None:
        worker.start()
        self._down.discard(worker.name)

    def _change_faults(self) -> None:
        chosen = self._dice.choice(SOMETIMES) if self._dice.random() < 0.6 else {}
        self._portal.faults(ALWAYS | chosen)
        self._later(self._dice.uniform(3, 10), self._change_faults)

    def note_memory(self, worker: Worker) -> None:
        """VmHWM, which is in kB."""
        try:
            text = Path(f"/proc/{worker.pid}/status").read_text()
        except OSError:
            return
        found = [int(line.split()[1]) for line in text.splitlines() if line.startswith("VmHWM:")]
        self.memory = max(self.memory, *(one * 1024 for one in found), 0)

    def end(self) -> None:
        """From now on all is well."""
        if self._is_over:
            return
        self._is_over = True
        self._due.clear()
        say(f"that was the last of {self.kills} kills")
        self._portal.faults({})
        for worker in self._workers:
            if worker.name in self._down:
                self._again(worker)


def simulator(stage: Stage, cycles: Cycles, seed: int) -> Simulator:
    """The portal, with an estate for each person."""
    estates = stage.directory / "estates.jsonl"
    with estates.open("w") as file:
        for person in cycles.persons:
            line = {
                "doedsbojournalId": person.estate,
                "afdoed": {"navn": "Test Testesen", "cprNummer": person.digits, "doedsdato": "2026-09-14"},
                "retskreds": {"kode": "1500", "navn": "Retten i Aarhus"},
                "status": "under-behandling",
            }
            if person.found_after:
                line["tilgaengeligFra"] = f"+{int(person.found_after) + 1}s"
            file.write(json.dumps(line) + "\n")
            for former in person.former:
                hidden = {**line, "doedsbojournalId": f"{person.estate}-no", "tilgaengeligFra": "2099-01-01T00:00:00Z"}
                file.write(json.dumps(hidden | {"afdoed": {"navn": "Test Testesen", "cprNummer": former}}) + "\n")
    journal, kept = stage.directory / "journal.jsonl", stage.directory / "kept"
    return stage.simulator(
        *("--estates", str(estates), "--journal", str(journal), "--attachments", str(kept)),
        *("--latency", "5-40", "--seed", str(seed)),
    )


def run(stage: Stage, options: argparse.Namespace) -> bool:
    cycles = Cycles(options.seed, options.cycles, options.rate, stage.attachments)
    kafka = stage.kafka(options.brokers)
    portal = simulator(stage, cycles, options.seed)
    file = stage.settings_file(kafka, portal.url, SETTINGS)
    stage.create_topics(file, options.partitions, options.brokers)
    # One comes back under its name, the other as somebody new.
    workers = [stage.worker("worker-1", file, {"instance.id": "one"}), stage.worker("worker-2", file)]
    for worker in workers:
        worker.wait_ready()
    say(f"two workers are ready; {options.cycles} life cycles of {len(cycles.persons)} persons, seed {options.seed}")
    listener = Listener(kafka.bootstrap)
    sender = Sender(kafka, cycles.persons, options, listener)
    killer = Killer(options.seed, workers, portal, options.every)
    began = time.monotonic()
    alive = follow(sender, killer, listener, options)
    killer.end()
    took = time.monotonic() - began
    for worker in workers:
        killer.note_memory(worker)
    sender.close()
    alive = listener.wait_for_all(30 if alive else 1) and alive
    listener.close()
    say(f"{sender.sent} records in {took:.0f} s, {killer.kills} times kill -9, {killer.stops} SIGTERM")
    verdict = audit.audit(kafka.bootstrap, portal.url)
    estates = {person.number: person.estate for person in cycles.persons}
    account = Portal(portal.url, stage.directory / "journal.jsonl", stage.directory / "kept")
    findings = CycleAudit(kafka.bootstrap, account, stage.attachments, estates).judge()
    print(f"\n{audit.table(verdict)}\n\n{table(findings)}\n")
    for death in killer.deaths:
        print(f"a worker died: {death}")
    print(
        f"seed {options.seed}: requests {verdict.requests}, filings {verdict.filings}, {audit.summary(verdict)}, "
        f"{findings.summary}; "
        f"{killer.kills} times kill -9, {killer.stops} SIGTERM, {took:.0f} s, "
        f"at most {killer.memory / 1e6:.0f} MB in a worker, longest stall {listener.longest_stall():.1f} s"
    )
    # A kill leaves few in that state for long; were they many, nothing would join or cancel as it should.
    is_plausible = findings.early_doubts <= killer.kills
    is_whole = alive and findings.cycles == options.cycles
    return is_whole and is_plausible and verdict.passed and findings.passed and not killer.deaths


def follow(sender: Sender, killer: Killer, listener: Listener, options: argparse.Namespace) -> bool:
    """Until all is answered; False when nothing was for too long. The workers are killed until the end is near."""
    last, answered, told = time.monotonic(), 0, time.monotonic()
    while not sender.is_done:
        sender.turn()
        if sender.is_nearly_done:
            killer.end()
        killer.turn()
        now = time.monotonic()
        if listener.answered > answered:
            answered, last = listener.answered, now
        elif now - last > options.settle:
            say(f"NOT all is answered: {sender.at_work} persons are at work, and nothing moves")
            return False
        if now - told > 20:
            told = now
            say(f"{sender.sent} records produced, {answered} answered, {sender.at_work} persons at work")
        time.sleep(0.005)
    return True


def main() -> int:
    options = arguments()
    if options.seed is None:
        options.seed = random.SystemRandom().randrange(1_000_000)
    again = f"; again with --cycles {options.cycles} --seed {options.seed}"
    return play("life cycles", options, lambda stage: run(stage, options), again)


if __name__ == "__main__":
    sys.exit(main())
