"""The JSON Schemas of schemas/, and what records of a run say against them.

What senders write is judged as it stands. What we write is judged more strictly than the published schemas: a member
that they do not describe is an error too, so that no message grows without its schema.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import events
import jsonschema_rs

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "schemas"

Schema = dict[str, Any]
Headers = Iterable[tuple[str, bytes | None]]

#: Which schema describes the values of a topic, and which its headers; without the prefix that topics share.
INPUTS = {"death-notifications": "death-notification.json", "claim-requests": "claim-request.json"}
OUTPUTS = {
    "claim-replies": "claim-reply.json",
    "estate-replies": "estate-reply.json",
    "estate-updates": "estate-update.json",
}
#: The media type of a CloudEvent in an envelope.
STRUCTURED = "application/cloudevents+json"
AUDIT = "dead-letters.audit"
LEDGER = "ledger"
#: The kinds of a ledger record, by the beginning of its key.
_LEDGER_KINDS = {
    "filing": "ledger/filing.json",
    "notification": "ledger/notification.json",
    "erasure": "ledger/erasure.json",
    "estate": "ledger/estate.json",
    "follow": "ledger/checkpoint.json",
}
_LEDGER_KEY = re.compile(
    r"(filing/(claim|receivable|inventory|inquiry)/[0-9]{8}/([0-9]{8}|-)/.+"
    r"|request/(claim-requests|death-notifications)/[0-9]+|(notification|erasure)/[0-9]+|estate/.+|follow/checkpoint)",
    re.S,
)


def documents() -> dict[str, Schema]:
    """All schemas by their path below schemas/."""
    return {str(file.relative_to(FOLDER)): json.loads(file.read_text()) for file in sorted(FOLDER.rglob("*.json"))}


def closed(schema: Any) -> Any:
    """The schema, with members refused that it does not describe. It must not spread an object over several places."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    result = {name: closed(value) for name, value in schema.items()}
    if schema.get("type") == "object" and "properties" in schema and "propertyNames" not in schema:
        result.setdefault("additionalProperties", False)
    return result


@cache
def _registries() -> tuple[jsonschema_rs.Registry, jsonschema_rs.Registry]:
    found = documents()
    return (
        jsonschema_rs.Registry([(one["$id"], one) for one in found.values()]),
        jsonschema_rs.Registry([(one["$id"], closed(one)) for one in found.values()]),
    )


@cache
def validator(name: str, strict: bool = False) -> jsonschema_rs.Draft202012Validator:
    """Of one schema, by its path. `strict`: nothing that it does not describe."""
    schema = json.loads((FOLDER / name).read_text())
    registry = _registries()[strict]
    return jsonschema_rs.Draft202012Validator(
        closed(schema) if strict else schema, registry=registry, validate_formats=True
    )


def checker(found: dict[str, Schema], name: str) -> jsonschema_rs.Draft202012Validator:
    """Of one schema among others, as they are given."""
    registry = jsonschema_rs.Registry([(one["$id"], one) for one in found.values()])
    return jsonschema_rs.Draft202012Validator(found[name], registry=registry, validate_formats=True)


def _no_constant(text: str) -> None:
    raise ValueError(f"{text} is no JSON")


def document(value: bytes | None) -> Any:
    """The value as JSON; a null value is null. ValueError when it is none."""
    if value is None:
        return None
    try:
        return json.loads(value, parse_constant=_no_constant)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def is_structured(headers: dict[str, str]) -> bool:
    """Whether the value is a CloudEvent's envelope."""
    return headers.get("content-type", "").split(";")[0].strip().lower() == STRUCTURED


def accepts(topic: str, value: bytes | None, headers: Headers = ()) -> bool:
    """Whether the schemas take a request. The topic is without its prefix."""
    found = header_map(headers)
    name = INPUTS[topic]
    try:
        if is_structured(found):
            return validator(f"cloudevent-{name}").is_valid(document(value))
        asked = document(value)
        if topic == "claim-requests" and isinstance(asked, dict) and asked.get("action") == "erase":
            name = "erase-order.json"
        return validator("request-headers.json").is_valid(found) and validator(name).is_valid(asked)
    except ValueError:
        return False


def header_map(headers: Headers) -> dict[str, str]:
    """As the schemas see headers: of a name that comes twice the last one, without those that are null or no UTF-8."""
    found: dict[str, str] = {}
    for name, value in headers:
        if value is None:
            continue
        try:
            found[name] = value.decode()
        except UnicodeDecodeError:
            continue
    return found


def _errors(name: str, instance: Any) -> list[str]:
    """Names places and rules, never values: they may hold personal data."""
    found = []
    for error in validator(name, strict=True).iter_errors(instance):
        place = "/".join(map(str, error.instance_path)) or "top"
        rule = "/".join(map(str, error.schema_path))
        more = error.message if rule.endswith(("additionalProperties", "required", "enum")) else ""
        found.append(f"schemas/{name}: {place}: {rule} {more}".rstrip())
    return found


def header_problems(headers: Headers) -> list[str]:
    """What is wrong with the headers of a request: only those of a replay are ours."""
    found = header_map(headers)
    return _errors("request-headers.json", found) if any(name.startswith("proklama.") for name in found) else []


def _value_errors(name: str, value: bytes | None) -> list[str]:
    try:
        return _errors(name, document(value))
    except ValueError as error:
        return [f"schemas/{name}: no JSON: {error}"]


def line_problems(command: str, line: object) -> list[str]:
    """What is wrong with an object that a command has printed."""
    return _errors(f"cli/{command}.json", line)


def problems(topic: str, key: bytes | None, value: bytes | None, headers: Headers) -> list[str]:
    """What is wrong with a record that we wrote; nothing for other topics. The topic is without its prefix."""
    if topic in OUTPUTS:
        return _reply_problems(topic, key, value, header_map(headers))
    if topic == "dead-letters":
        return _errors("dead-letter-headers.json", header_map(headers))
    if topic == AUDIT:
        if key == b"lock":
            return _value_errors("dead-letter-lock.json", value)
        wrong = [] if re.fullmatch(rb"[0-9]+/[0-9]+", key or b"") else ["dead-letters.audit: the key is no place"]
        return wrong + _value_errors("dead-letter-audit.json", value)
    if topic == LEDGER:
        return _ledger_problems((key or b"").decode(errors="replace"), value, headers)
    return []


def _reply_problems(topic: str, key: bytes | None, value: bytes | None, headers: dict[str, str]) -> list[str]:
    kind = "update" if topic == "estate-updates" else "reply"
    if is_structured(headers):
        wrong = _value_errors(f"cloudevent-{kind}.json", value) + _errors("reply-headers.json", headers)
    elif "ce_specversion" in headers:
        wrong = _value_errors(OUTPUTS[topic], value) + _errors(f"cloudevent-{kind}-headers.json", headers)
    else:
        return _value_errors(OUTPUTS[topic], value) + _errors("reply-headers.json", headers)
    return wrong + events.problems(key, value, headers)


def _ledger_problems(key: str, value: bytes | None, headers: Headers) -> list[str]:
    if not _LEDGER_KEY.fullmatch(key):
        return ["ledger: a key of no known kind"]
    if value is None:
        return []  # a tombstone, or a stored request whose value was null
    kind = key.split("/", 1)[0]
    if kind == "request":
        return _errors("ledger/request-headers.json", header_map(headers))
    return _value_errors(_LEDGER_KINDS[kind], value)
