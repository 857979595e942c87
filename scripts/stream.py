"""The two ends outside the workers: producing requests, and watching what a read_committed reader sees of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from itertools import islice

import audit
from confluent_kafka import Consumer, KafkaError, Message, Producer, TopicPartition
from machine import Failure, wait_until
from progress import Lane, Offsets, Stalls, Takeover
from traffic import EXPECT, Record

INPUTS = ("death-notifications", "claim-requests")
OUTPUTS = {
    "claim-replies": audit.reply_of,
    "estate-replies": audit.reply_of,
    "dead-letters": audit.dead_letter_of,
}


class Feeder:
    """Produces requests in order. A record that is repeated after a lost answer of a broker is a request of its own.

    It is not an idempotent producer: those give up for good after some pauses of a broker, and this one must go on.
    """

    def __init__(self, bootstrap: str) -> None:
        self._producer = Producer(
            {
                "bootstrap.servers": bootstrap,
                "acks": "all",
                "max.in.flight": 1,
                "message.timeout.ms": 0,
                "linger.ms": 2,
                "reconnect.backoff.max.ms": 1000,
                "log_level": 2,
            }
        )
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self.sent = 0
        #: Where each partition ends, as far as brokers have acknowledged it.
        self.ends: dict[Lane, int] = {}

    def send(self, record: Record) -> None:
        headers: list[tuple[str, str | bytes | None]] = [*record.headers]
        if record.expect:
            headers.append((EXPECT, record.expect))
        self._producer.produce(record.topic, record.value, record.key, headers=headers, on_delivery=self._delivered)
        self._producer.poll(0)
        self.sent += 1

    def _delivered(self, error: KafkaError | None, message: Message) -> None:
        if error is None:
            lane = (message.topic() or "", message.partition() or 0)
            self.ends[lane] = max(self.ends.get(lane, 0), (message.offset() or 0) + 1)

    def send_at(self, rate: float, records: Iterator[Record], count: int | None = None) -> None:
        """At a steady rate; sends at once what fell due while it could not run."""
        began = time.monotonic()
        for number, record in enumerate(islice(records, count)):
            if self._stopping.wait(max(began + number / rate - time.monotonic(), 0)):
                return
            self.send(record)

    def start(self, rate: float, records: Iterator[Record]) -> None:
        """Sends on a thread of its own until `stop`."""
        self._thread = threading.Thread(target=self.send_at, args=(rate, records), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread:
            self._thread.join()

    def flush(self, seconds: float = 120) -> None:
        if left := self._producer.flush(seconds):
            raise Failure(f"{left} requests could not be produced within {seconds:.0f} s")


class Watcher:
    """Reads all replies and dead letters as they become visible, on a thread of its own."""

    def __init__(self, bootstrap: str, prefix: str = "estate") -> None:
        self._bootstrap = bootstrap
        self._prefix = prefix
        self._consumer = Consumer(
            {
                "bootstrap.servers": bootstrap,
                "group.id": "watcher",
                "enable.auto.commit": False,
                "isolation.level": "read_committed",
                "reconnect.backoff.max.ms": 1000,
                "log_level": 2,
            }
        )
        partitions = []
        for name in OUTPUTS:
            topic = f"{prefix}.{name}"
            found = self._consumer.list_topics(topic, timeout=20).topics[topic].partitions
            partitions += [TopicPartition(topic, one, 0) for one in found]
        self._consumer.assign(partitions)
        self._offsets: dict[Lane, Offsets] = {}
        self._stalls = Stalls()
        self._takeovers: list[Takeover] = []
        self._lock = threading.Lock()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stopping:
            for message in self._consumer.consume(500, 0.05):
                if message.error():
                    continue  # a broker that is away: the library goes on by itself
                self._seen(message, time.time())

    def _seen(self, message: Message, now: float) -> None:
        source = OUTPUTS[(message.topic() or "").removeprefix(f"{self._prefix}.")](message).source
        if source is None:
            return
        with self._lock:
            self._offsets.setdefault((source.topic, source.partition), Offsets()).add(source.offset)
            self._stalls.answered(source.partition, now)
            for takeover in self._takeovers:
                takeover.answered(source, self._offsets, now)
            self._takeovers = [one for one in self._takeovers if not one.is_over]

    def follow(self, takeover: Takeover) -> Takeover:
        """Lets it see all answers from now on."""
        with self._lock:
            takeover.look(self._offsets, time.time())
            self._takeovers.append(takeover)
        return takeover

    @property
    def answered(self) -> int:
        """How many requests have a result."""
        with self._lock:
            return sum(len(offsets) for offsets in self._offsets.values())

    def close(self) -> None:
        self._stopping = True
        self._thread.join()
        self._consumer.close()

    def asked(self) -> int:
        """How many requests the inputs hold. No transaction writes to them, so offsets count records."""
        broker = audit.Broker(self._bootstrap, 30)
        return sum(sum(broker.ends(f"{self._prefix}.{name}").values()) for name in INPUTS)

    def wait_for_all(self, seconds: float) -> bool:
        """Until every request has a result; False when that takes longer, which the audit will explain."""
        asked = self.asked()
        try:
            wait_until(lambda: self.answered >= asked, seconds, "all is answered", 0.1)
        except Failure:
            return False
        return True

    def longest_stall(self) -> float:
        """The longest that a partition showed no result between its first and its last."""
        return self._stalls.longest
