"""CloudEvents as the CloudEvents project's own SDK reads and writes them, in the Kafka protocol binding."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from cloudevents.core.base import BaseCloudEvent
from cloudevents.core.bindings import kafka
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

#: The types of our events, and what their subject is.
TYPES = {"claim-reply": "requestId", "estate-reply": "notificationId", "estate-update": "estateId"}


def message(mode: str, kind: str, number: int, data: Any) -> tuple[dict[str, bytes], bytes]:
    """Headers and value of a request as an event, `mode` binary or structured."""
    event = CloudEvent(
        {
            "id": f"event-{number}",
            "source": "/ledger-north",
            "type": f"dk.proklama.{kind}.v1",
            "subject": f"batch-{number // 100}",
            "time": datetime(2026, 11, 24, 10, 15, tzinfo=UTC),
            "datacontenttype": "application/json",
            "correlationid": f"correlation-{number}",
        },
        data,
    )
    write = kafka.to_binary if mode == "binary" else kafka.to_structured
    made = write(event, JSONFormat())
    return dict(made.headers), made.value


def read(key: bytes | None, value: bytes | None, headers: Mapping[str, str]) -> BaseCloudEvent:
    """An answer; an error of the SDK's when it is no event."""
    raw = {name: text.encode() for name, text in headers.items()}
    made = kafka.KafkaMessage(raw, key, value or b"")
    if "ce_specversion" in headers:
        return kafka.from_binary(made, JSONFormat())
    return kafka.from_structured(made, JSONFormat())


def problems(key: bytes | None, value: bytes | None, headers: Mapping[str, str]) -> list[str]:
    """What is wrong with an answer that is an event."""
    try:
        event = read(key, value, headers)
    except Exception as error:  # the SDK has many kinds
        return [f"the CloudEvents SDK cannot read it: {type(error).__name__}: {error}"]
    data = event.get_data()
    kind = event.get_type().removeprefix("dk.proklama.").removesuffix(".v1")
    if kind not in TYPES or not isinstance(data, dict):
        return [f"no such type: {event.get_type()}"]
    wrong = []
    if kind == "estate-update":
        place = f"{data['estateId']}/{data['change']}"
        if "filing" in data:
            filing, creditor = data["filing"], data["filing"]["creditor"]
            place += f"/{filing['kind']}/{creditor['cvr']}/{creditor.get('onBehalfOf', '-')}/{filing['reference']}"
        place += f"/{data['seenAt']}"
    else:
        source = data["source"]
        place = f"{source['topic']}/{source['partition']}/{source['offset']}"
    if event.get_subject() != data[TYPES[kind]]:
        wrong.append("subject is not the request's id")
    if event.get_id() != place:
        wrong.append("id is not the place of the request, or that of the change")
    return wrong
