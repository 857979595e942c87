"""What is measured: the worker itself, and optionally the same job in bare C."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from confluent_kafka.admin import AdminClient, NewTopic
from harness import Kafka, Process, Simulator, Stage
from machine import Failure, wait_until
from traffic import Record, claims, cpr, encode, key

PARTITIONS = 6


class Subject:
    """A running program that files claims, and the topics that it reads and answers on."""

    process: Process
    requests: str
    replies: str

    def records(self, count: int, series: str) -> Iterator[Record]:
        raise NotImplementedError


class ProklamaWorker(Subject):
    def __init__(self, stage: Stage, kafka: Kafka, portal: Simulator, in_flight: int, series: str) -> None:
        names = ("death-notifications", "claim-requests", "estate-replies", "claim-replies", "dead-letters", "ledger")
        settings = {f"topics.{name}": f"{series}.{name}" for name in names}
        settings["topics.dead-letters-audit"] = f"{series}.dead-letters.audit"
        settings |= {"group.id": series, "portal.max.in.flight": str(in_flight)}
        file = stage.settings_file(kafka, portal.url, settings, series)
        stage.create_topics(file, PARTITIONS, 1)
        worker = stage.worker(series, file)
        worker.wait_ready()
        self.process = worker
        self.requests, self.replies = settings["topics.claim-requests"], settings["topics.claim-replies"]

    def records(self, count: int, series: str) -> Iterator[Record]:
        for record in claims(count, series):
            yield Record(self.requests, record.key, record.value)


class Floor(Subject):
    """The program of --floor. It forwards a request as it is, so it is given filings in the portal's own form."""

    def __init__(
        self, stage: Stage, kafka: Kafka, portal: Simulator, in_flight: int, series: str, program: Path, ms: int
    ) -> None:
        self.requests, self.replies = f"{series}.requests", f"{series}.replies"
        admin = AdminClient({"bootstrap.servers": kafka.bootstrap})
        for future in admin.create_topics(
            [NewTopic(one, PARTITIONS, 1) for one in (self.requests, self.replies)]
        ).values():
            future.result(30)
        environment = {
            "BOOTSTRAP": kafka.bootstrap,
            "TOPIC_IN": self.requests,
            "TOPIC_OUT": self.replies,
            "GROUP": series,
            "PORTAL": portal.url,
            "C": str(in_flight),
            "D": str(ms),
            "PARTITIONS": str(PARTITIONS),
        }
        self.process = Process(series, [str(program)], stage.directory / f"{series}.log", environment)
        stage.at_end(lambda: self.process.end(seconds=5))
        wait_until(lambda: _is_stable(admin, series), 30, "the floor joins its group")
        time.sleep(1)
        self.process.alive()

    def records(self, count: int, series: str) -> Iterator[Record]:
        for number in range(count):
            digits = cpr(number)
            filing = {
                "kreditor": {"cvrNummer": "97281536"},
                "reference": f"{series}-{number:06}",
                "hovedstol": "12845.50",
                "renter": "318.25",
                "omkostninger": "100.00",
                "fortrinsstilling": digits,
                "tekst": "Amount owed on an account, computed on the day of death, with interest. " * 5,
            }
            yield Record(self.requests, key(digits), encode(filing))


def _is_stable(admin: AdminClient, group: str) -> bool:
    try:
        description = admin.describe_consumer_groups([group])[group].result(10)
    except Exception:  # noqa: BLE001 there is no such group yet
        return False
    return bool(description.state.name == "STABLE" and description.members)


def build_floor(source: Path, directory: Path) -> Path:
    """Compiles it for the portal's wire format: `cprNummer` in a search, the person in a field that filings have."""
    text = source.read_text()
    changed = text.replace('{\\"cpr\\":\\"%.*s\\"}', '{\\"cprNummer\\":\\"%.*s\\"}').replace(
        '"\\"cpr\\":\\"", &c->cpr_len', '"\\"fortrinsstilling\\":\\"", &c->cpr_len'
    )
    if changed.count("cprNummer") == 0 or changed.count("fortrinsstilling") == 0:
        raise Failure(f"{source} is not the program that this benchmark knows")
    adapted = directory / "floor.c"
    adapted.write_text(changed)
    program = directory / "floor"
    command = ["cc", "-O2", "-w", "-o", str(program), str(adapted), "-lrdkafka", "-lcurl", "-lpthread"]
    ended = subprocess.run(command, capture_output=True, text=True)
    if ended.returncode:
        raise Failure(f"cannot build {source}:\n{ended.stderr}")
    return program
