"""What the benchmark reads of processes, and how it loads and times a worker from outside."""

from __future__ import annotations

import os
import re
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

from confluent_kafka import Consumer, Producer, TopicPartition
from machine import Failure
from traffic import Record

_TICKS = os.sysconf("SC_CLK_TCK")
_REFERENCE = re.compile(rb'"reference":"([^"]+)"')


def cpu_seconds(pid: int) -> float:
    """User and system time of a process since its start."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def peak_memory_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise Failure(f"process {pid} has no VmHWM")


def listener(port: int) -> int:
    """The process that listens on a port of this machine: how the broker is found, whoever started it."""
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port:
                inodes.add(f"socket:[{fields[9]}]")
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if any(os.readlink(file) in inodes for file in (entry / "fd").iterdir()):
                return int(entry.name)
        except OSError:
            continue
    raise Failure(f"nobody listens on port {port}")


@dataclass
class Throughput:
    per_second: float
    cpu_us: dict[str, float]  #: a filing, by process
    memory_mb: float = 0.0


@dataclass
class Latency:
    p50_ms: float
    p99_ms: float


class Reader:
    """A read_committed reader of one topic of replies, from its end on."""

    def __init__(self, bootstrap: str, topic: str) -> None:
        self._consumer = Consumer(
            {"bootstrap.servers": bootstrap, "group.id": "bench", "isolation.level": "read_committed", "log_level": 3}
        )
        found = self._consumer.list_topics(topic, timeout=20).topics[topic].partitions
        places = []
        for partition in found:
            marks = self._consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=20)
            places.append(TopicPartition(topic, partition, marks[1]))
        self._consumer.assign(places)
        self._consumer.consume(1, 1.0)  # so that the fetches are under way

    def take(self, timeout: float, most: int = 2000) -> list[bytes]:
        return [message.value() or b"" for message in self._consumer.consume(most, timeout) if not message.error()]

    def close(self) -> None:
        self._consumer.close()


def throughput(bootstrap: str, replies: str, records: list[Record], pids: dict[str, int], limit: float) -> Throughput:
    """From the moment that all requests become visible, which one commit does, until the last reply is."""
    reader = Reader(bootstrap, replies)
    producer = Producer(
        {"bootstrap.servers": bootstrap, "transactional.id": f"bench-{os.getpid()}", "linger.ms": 20, "log_level": 3}
    )
    producer.init_transactions(30)
    producer.begin_transaction()
    for record in records:
        while True:
            try:
                producer.produce(record.topic, record.value, record.key)
                break
            except BufferError:
                producer.poll(0.1)
    producer.flush(60)
    time.sleep(1)
    before = {name: cpu_seconds(pid) for name, pid in pids.items()}
    producer.commit_transaction(30)
    began = time.monotonic()
    seen = 0
    while seen < len(records):
        seen += len(reader.take(0.05))
        if time.monotonic() - began > limit:
            raise Failure(f"only {seen} of {len(records)} replies within {limit:.0f} s")
    took = time.monotonic() - began
    cpu = {name: (cpu_seconds(pid) - before[name]) / len(records) * 1e6 for name, pid in pids.items()}
    reader.close()
    return Throughput(len(records) / took, cpu, peak_memory_mb(pids["worker"]))


def latency(bootstrap: str, replies: str, records: list[Record], rate: float, limit: float = 30) -> Latency:
    """From produce to a read_committed reader, at a steady rate, by the reference in the reply."""
    reader = Reader(bootstrap, replies)
    producer = Producer({"bootstrap.servers": bootstrap, "linger.ms": 0, "acks": "all", "log_level": 3})
    sent: dict[bytes, float] = {}
    times: list[float] = []

    def take(timeout: float, most: int) -> None:
        for value in reader.take(timeout, most):
            found = _REFERENCE.search(value)
            if found and found[1] in sent:
                times.append(time.monotonic() - sent.pop(found[1]))

    began = time.monotonic()
    for number, record in enumerate(records):
        due = began + number / rate
        while (left := due - time.monotonic()) > 0:
            take(left, 1)
        reference = _REFERENCE.search(record.value or b"")
        assert reference
        sent[reference[1]] = time.monotonic()
        producer.produce(record.topic, record.value, record.key)
        producer.poll(0)
    deadline = time.monotonic() + limit
    while sent and time.monotonic() < deadline:
        take(0.05, 1)
    reader.close()
    if sent:
        raise Failure(f"{len(sent)} of {len(records)} replies are missing after {limit:.0f} s")
    cuts = statistics.quantiles(times, n=100)
    return Latency(cuts[49] * 1000, cuts[98] * 1000)
