"""Dead letters as an operator handles them, and the topics as an outside reader sees them."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import audit
from confluent_kafka import Message, Producer
from harness import Kafka, Process, Stage
from letters import AUDIT, LETTERS, NAME, Headers, digest
from machine import Failure, say, wait_until
from stream import INPUTS


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
        ended = self._end(action, *options, status=status)
        return ended.stdout + ended.stderr

    def _end(self, action: str, *options: str, status: int) -> subprocess.CompletedProcess[str]:
        command = self.command(action, *options)
        ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
        if ended.returncode != status:
            raise Failure(f"{' '.join(command)} ended with {ended.returncode}:\n{ended.stdout}{ended.stderr}")
        return ended

    def start(self, action: str, *options: str) -> Process:
        self._started += 1
        log = self._stage.directory / f"{action}-{self._started}.log"
        process = Process(f"{action} {self._started}", self.command(action, *options), log)
        self._stage.at_end(lambda: process.end(signal.SIGKILL))
        return process

    def objects(self, action: str, *options: str, status: int = 0) -> list[dict[str, Any]]:
        """Only what stands on standard output: that is what programs read."""
        return [json.loads(line) for line in self._end(action, *options, "--json", status=status).stdout.splitlines()]

    def produce(
        self, topic: str, key: bytes | None, value: bytes | None, headers: Headers, partition: int = -1
    ) -> None:
        self._producer.produce(topic, value, key, partition, headers=headers)
        self._producer.poll(0)

    def flush(self) -> None:
        if self._producer.flush(60):
            raise Failure("the broker does not take everything")

    def take_the_lock(self, run: str, is_automatic: bool) -> None:
        """As another replay begins."""
        other = Producer({"bootstrap.servers": self.bootstrap, "transactional.id": f"{AUDIT}.lock", "log_level": 2})
        other.init_transactions(30)
        other.begin_transaction()
        until = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() + 20))
        holder = {"run": run, "by": "somebody", "automatic": is_automatic, "until": until}
        other.produce(AUDIT, json.dumps(holder), "lock", partition=self._partition_of_the_lock())
        other.commit_transaction(30)

    def _partition_of_the_lock(self) -> int:
        """Java's partitioner and librdkafka's own differ, and compaction works within a partition."""
        found = [one.partition() for one in self.read(AUDIT) if one.key() == b"lock"]
        return found[-1] or 0

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
        """The newest audit record of each letter, without what is told of the lock."""
        records = [((one.key() or b"").decode(), json.loads(one.value() or b"null")) for one in self.read(AUDIT)]
        return {key: value for key, value in records if "/" in key}


def own_headers(message: Message) -> Headers:
    found: Any = message.headers() or []
    return [(name, value) for name, value in found if not name.startswith("proklama.")]


def digest_of(message: Message) -> str:
    return digest(message.key(), message.value(), own_headers(message))


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
