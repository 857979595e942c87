#!/usr/bin/env python3
"""Audits a run from outside the workers: what was asked, what a read_committed reader sees, what the portal stored.

Prints a table and ends with status 0 only if nothing was lost, filed twice or answered twice. Run it when the
workers are at rest: a request that still waits counts as lost.

  scripts/audit.py --bootstrap 127.0.0.1:9092 --portal http://127.0.0.1:8443
  scripts/audit.py --bootstrap 127.0.0.1:9092 --portal http://127.0.0.1:8443 --json
"""

from __future__ import annotations

import environment  # noqa: F401

# isort: split

import argparse
import hashlib
import json
import os
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any, cast

import schema_check
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition
from traffic import EXPECT
from verdict import FAULTS, Attached, Filing, Identity, Place, Request, Result, Verdict, judge


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bootstrap", required=True, help="brokers, host:port,…")
    parser.add_argument("--portal", required=True, help="the simulator's address")
    parser.add_argument("--group", default="proklama", help="the workers' consumer group")
    parser.add_argument("--prefix", default="estate", help="what the topics' names begin with")
    parser.add_argument("--timeout", type=float, default=60, help="seconds to wait for open transactions")
    parser.add_argument("--transactions", action="store_true", help="also ask kafka-transactions.sh of KAFKA_HOME")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser.parse_args()


class Broker:
    """Reads whole topics as a read_committed reader sees them."""

    def __init__(self, bootstrap: str, timeout: float) -> None:
        self._common = {"bootstrap.servers": bootstrap, "enable.auto.commit": False, "log_level": 3}
        self._timeout = timeout

    def _consumer(self, **settings: Any) -> Consumer:
        return Consumer({**self._common, "group.id": f"audit-{os.getpid()}", **settings})

    def partitions(self, topic: str) -> list[int]:
        """None when there is no such topic."""
        consumer = self._consumer()
        try:
            return sorted(consumer.list_topics(topic, timeout=20).topics[topic].partitions)
        finally:
            consumer.close()

    def ends(self, topic: str) -> dict[int, int]:
        """The high watermark of each partition. A read_committed consumer would be told the last stable offset."""
        consumer = self._consumer(**{"isolation.level": "read_uncommitted"})
        try:
            partitions = consumer.list_topics(topic, timeout=20).topics[topic].partitions
            if not partitions:
                raise SystemExit(f"audit: there is no topic {topic}")
            found = {}
            for partition in partitions:
                marks = consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=20)
                if marks is None:
                    raise SystemExit(f"audit: no watermarks of {topic}/{partition}")
                found[partition] = marks[1]
            return found
        finally:
            consumer.close()

    def read(self, topic: str) -> tuple[list[Message], dict[int, int]]:
        """All committed records, and for each partition how many offsets lie behind an open transaction."""
        ends = {partition: end for partition, end in self.ends(topic).items() if end > 0}
        consumer = self._consumer(**{"isolation.level": "read_committed", "enable.partition.eof": True})
        consumer.assign([TopicPartition(topic, partition, 0) for partition in ends])
        behind, messages = dict(ends), []
        deadline = time.monotonic() + self._timeout
        try:
            while behind and time.monotonic() < deadline:
                for message in consumer.consume(1000, 0.5):
                    error = message.error()
                    if error is None:
                        messages.append(message)
                    elif error.code() == KafkaError._PARTITION_EOF:
                        partition = message.partition() or 0
                        left = ends[partition] - (message.offset() or 0)
                        if left <= 0:
                            behind.pop(partition, None)
                        else:
                            behind[partition] = left
                    elif error.fatal():
                        raise KafkaException(error)
        finally:
            consumer.close()
        return messages, behind

    def committed(self, group: str, topic: str, partitions: list[int]) -> dict[int, int]:
        consumer = self._consumer(**{"group.id": group})
        try:
            found = consumer.committed([TopicPartition(topic, one) for one in partitions], timeout=30)
            return {one.partition: max(one.offset, 0) for one in found}
        finally:
            consumer.close()


def headers(message: Message) -> list[tuple[str, bytes]]:
    return [(name, content or b"") for name, content in cast("Any", message.headers() or [])]


def digest(message: Message) -> str:
    """Of the value and of the headers that are not ours."""
    value = message.value()
    sum_ = hashlib.sha256(b"null" if value is None else b"value" + value)
    for name, content in headers(message):
        if not name.startswith("proklama."):
            sum_.update(f"\n{name}={content!r}".encode())
    return sum_.hexdigest()


def parsed(value: bytes | None) -> dict[str, Any]:
    try:
        document = json.loads(value or b"null")
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def contents(message: Message) -> dict[str, Any]:
    """What a request or a reply says: its value, or the data of the CloudEvent that it is."""
    found = parsed(message.value())
    if schema_check.is_structured(schema_check.header_map(headers(message))):
        data = found.get("data")
        return data if isinstance(data, dict) else {}
    return found


def header(message: Message, name: str) -> str:
    found = [content for key, content in headers(message) if key == name]
    return found[-1].decode(errors="replace") if found else ""


def identity_of(document: dict[str, Any]) -> Identity | None:
    creditor, reference, kind = document.get("creditor"), document.get("reference"), document.get("kind")
    if not isinstance(creditor, dict) or not isinstance(reference, str) or not isinstance(kind, str):
        return None
    return Identity(str(creditor.get("cvr", "")), str(creditor.get("onBehalfOf") or ""), kind, reference)


def place_of(message: Message) -> Place:
    return Place(message.topic() or "", message.partition() or 0, message.offset() or 0)


def attachments_of(document: dict[str, Any]) -> frozenset[Attached]:
    listed = document.get("attachments") if document.get("action") != "withdraw" else None
    return frozenset(
        Attached(str(one.get("name")), str(one.get("sha256")).lower())
        for one in (listed if isinstance(listed, list) else [])
        if isinstance(one, dict)
    )


def request_of(message: Message, filings: bool) -> Request:
    document = contents(message)
    action = document.get("action")
    return Request(
        place_of(message),
        message.key(),
        digest(message),
        identity_of(document) if filings else None,
        action if isinstance(action, str) else "submit",
        header(message, EXPECT),
        message.timestamp()[1] / 1000,
        attachments_of(document),
    )


def reply_of(message: Message) -> Result:
    document = contents(message)
    source, receipt = document.get("source"), document.get("receipt")
    place = None
    if isinstance(source, dict):
        place = Place(str(source.get("topic")), int(source.get("partition", -1)), int(source.get("offset", -1)))
    number = str(receipt.get("id", "")) if isinstance(receipt, dict) else ""
    label = str(document.get("outcome", "no outcome"))
    at = message.timestamp()[1] / 1000
    filing = str(document.get("filingId", ""))
    return Result(place_of(message), place, label, key=message.key(), receipt=number, filing=filing, at=at)


def dead_letter_of(message: Message) -> Result:
    label = f"{header(message, 'proklama.error.category')}/{header(message, 'proklama.error.reason')}"
    place = None
    if offset := header(message, "proklama.source.offset"):
        partition = int(header(message, "proklama.source.partition"))
        place = Place(header(message, "proklama.source.topic"), partition, int(offset))
    at = message.timestamp()[1] / 1000
    return Result(place_of(message), place, label, True, message.key(), digest(message), at=at)


def erasures_of(ledger: list[Message], topic: str, keys: dict[Place, bytes | None]) -> Iterator[Result]:
    """What became of orders to erase: the ledger has their answers. `keys` are those of the requests."""
    for message in ledger:
        key = (message.key() or b"").decode(errors="replace")
        if key.startswith("erasure/"):
            source = Place(topic, message.partition() or 0, int(key.removeprefix("erasure/")))
            state = str(parsed(message.value()).get("state"))
            at = message.timestamp()[1] / 1000
            yield Result(place_of(message), source, state, key=keys.get(source), at=at)


def filings_of(portal: str, context: ssl.SSLContext | None = None) -> Iterator[Filing]:
    """The simulator's own account, one identity a line."""
    with urllib.request.urlopen(f"{portal}/_audit?format=jsonl", timeout=60, context=context) as response:
        for line in response:
            if line.strip():
                yield filing_of(json.loads(line))


def filing_of(line: dict[str, Any]) -> Filing:
    names = {"create": "submit", "amend": "amend", "withdraw": "withdraw"}
    return Filing(
        Identity(line["creditor"], line.get("onBehalfOf") or "", line["kind"], line["reference"]),
        tuple(names[event["event"]] for event in line["events"]),
        frozenset(event["receiptId"] for event in line["events"]),
        tuple((one["filingId"], Attached(one["name"], one["sha256"])) for one in line.get("attachments", [])),
    )


def open_transactions(bootstrap: str) -> list[str]:
    """Transactions that Kafka's own tool calls ongoing."""
    tool = os.path.join(os.environ["KAFKA_HOME"], "bin", "kafka-transactions.sh")
    command = [tool, "--bootstrap-server", bootstrap, "list"]
    out = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    return [
        line
        for line in out.splitlines()[1:]
        if line.split()[-1:] not in ([], ["Empty"], ["CompleteCommit"], ["CompleteAbort"])
    ]


def lost_ends(bootstrap: str, brokers: Iterable[int]) -> list[str]:
    """Transactions that Kafka's own tool calls hanging: open in a partition, and over for their coordinator.

    That is no producer's doing: a broker that is killed while it ends a transaction may forget some of its markers.
    """
    if "KAFKA_HOME" not in os.environ:
        return []
    tool = os.path.join(os.environ["KAFKA_HOME"], "bin", "kafka-transactions.sh")
    found = []
    for broker in brokers:
        command = [tool, "--bootstrap-server", bootstrap, "find-hanging", "--broker-id", str(broker)]
        command += ["--max-transaction-timeout", "1"]
        found += hanging_in(subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout)
    return found


def hanging_in(table: str) -> list[str]:
    """The rows of what `kafka-transactions.sh find-hanging` prints."""
    rows = [line.split() for line in table.splitlines() if line.strip()]
    return [
        f"{topic}/{partition}: a transaction of producer {producer} is open since offset {offset}"
        for topic, partition, producer, _, _, offset, *_ in (row for row in rows if len(row) >= 6)
        if partition.isdigit()
    ]


def still_open(bootstrap: str, seconds: float) -> list[str]:
    """Transactions that are ongoing even after so long, by Kafka's own tool; none are known of without KAFKA_HOME."""
    if "KAFKA_HOME" not in os.environ:
        return []
    deadline = time.monotonic() + seconds
    while (found := open_transactions(bootstrap)) and time.monotonic() < deadline:
        time.sleep(2)
    return found


class Described:
    """Whether the schemas describe what was read, and judge requests as the worker did."""

    def __init__(self, verdict: Verdict) -> None:
        self._verdict = verdict
        self.judged = 0

    def written(self, topic: str, messages: list[Message]) -> None:
        """Records that are ours."""
        for message in messages:
            self.judged += 1
            for problem in schema_check.problems(topic, message.key(), message.value(), headers(message)):
                self._verdict.fault("undescribed", f"{place_of(message)}: {problem}")

    def asked(self, topic: str, messages: list[Message], refused: dict[Place, str]) -> None:
        """Requests. `refused` are those that the worker could not read, with the reason."""
        for message in messages:
            self.judged += 1
            accepted = schema_check.accepts(topic, message.value(), headers(message))
            reason = refused.get(place_of(message))
            if accepted and reason == "malformed":
                self._verdict.fault("undescribed", f"{place_of(message)}: the schema takes what the worker refused")
            elif not accepted and reason is None:
                self._verdict.fault("undescribed", f"{place_of(message)}: the schema refuses what the worker took")
            for problem in schema_check.header_problems(headers(message)):
                self._verdict.fault("undescribed", f"{place_of(message)}: {problem}")


def audit(
    bootstrap: str,
    portal: str,
    group: str = "proklama",
    prefix: str = "estate",
    timeout: float = 60,
    context: ssl.SSLContext | None = None,
) -> Verdict:
    broker = Broker(bootstrap, timeout)
    results: list[Result] = []
    written: dict[str, list[Message]] = {}
    refused: dict[Place, str] = {}
    behind: dict[str, int] = {}
    for name, read in (("claim-replies", reply_of), ("estate-replies", reply_of), ("dead-letters", dead_letter_of)):
        messages, open_ = broker.read(f"{prefix}.{name}")
        written[name] = messages
        results += map(read, messages)
        behind |= {f"{prefix}.{name}/{partition}": left for partition, left in open_.items()}
    for message in written["dead-letters"]:
        if (place := dead_letter_of(message).source) and header(message, "proklama.error.stage") == "parse":
            refused[place] = header(message, "proklama.error.reason")
    for name in (schema_check.AUDIT, schema_check.LEDGER):
        written[name], _ = broker.read(f"{prefix}.{name}")
    requests: list[Request] = []
    asked: dict[str, list[Message]] = {}
    lag: dict[str, int] = {}
    for name in ("death-notifications", "claim-requests"):
        messages, _ = broker.read(f"{prefix}.{name}")
        asked[name] = messages
        found = [request_of(message, name == "claim-requests") for message in messages]
        offsets = broker.committed(group, f"{prefix}.{name}", sorted({one.place.partition for one in found}))
        for one in found:
            if one.place.offset >= offsets[one.place.partition]:
                where = f"{prefix}.{name}/{one.place.partition}"
                lag[where] = lag.get(where, 0) + 1
        requests += found
    keys = {request.place: request.key for request in requests}
    results += erasures_of(written[schema_check.LEDGER], f"{prefix}.claim-requests", keys)
    verdict = judge(requests, results, filings_of(portal, context), f"{prefix}.death-notifications")
    described = Described(verdict)
    for name, messages in written.items():
        described.written(name, messages)
    answered = {result.source for result in results}
    for name, messages in asked.items():
        described.asked(name, [one for one in messages if place_of(one) in answered], refused)
    verdict.described = described.judged
    for where, count in lag.items():
        verdict.fault("lag", f"{where}: {count} records not accepted", count)
    for where, left in behind.items():
        verdict.fault("hanging", f"{where}: {left} offsets behind an open transaction")
    return verdict


def table(verdict: Verdict) -> str:
    lines = [
        f"requests {verdict.requests}, notifications {verdict.notifications}, replies {verdict.replies}, "
        f"dead letters {verdict.dead_letters}, filings {verdict.filings}, attachments {verdict.attachments}, "
        f"records judged by schemas {verdict.described}, longest stall {verdict.longest_stall:.1f} s",
        "",
    ]
    lines += [f"  {count:8}  {label}" for label, count in sorted(verdict.labels.items())]
    lines.append("")
    for name, words in FAULTS.items():
        lines.append(f"  {verdict.faults[name]:8}  {words}")
        lines += [f"            {example}" for example in verdict.examples[name]]
    return "\n".join(lines)


def summary(verdict: Verdict) -> str:
    return ", ".join(f"{FAULTS[name]} {verdict.faults[name]}" for name in ("duplicates", "lost", "answered_twice"))


def main() -> int:
    options = arguments()
    verdict = audit(options.bootstrap, options.portal.rstrip("/"), options.group, options.prefix, options.timeout)
    if options.transactions:
        for line in open_transactions(options.bootstrap):
            verdict.fault("hanging", line)
    if options.json:
        print(json.dumps({**asdict(verdict), "passed": verdict.passed}))
    else:
        print(f"{table(verdict)}\n\n{summary(verdict)}")
    return 0 if verdict.passed else 1


if __name__ == "__main__":
    sys.exit(main())
