"""Made-up dead letters over all reasons, as the worker writes them, and what an outside reader finds afterwards."""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from traffic import REQUESTS, claim, cpr, encode, key

LETTERS = "estate.dead-letters"
AUDIT = "estate.dead-letters.audit"

#: Names a letter through all that befalls it.
NAME = "test.letter"

Headers = list[tuple[str, str | bytes | None]]


@dataclass(frozen=True)
class Letter:
    name: str
    category: str
    reason: str
    key: bytes | None
    value: bytes | None
    headers: Headers
    partition: int

    @property
    def digest(self) -> str:
        """Of what must survive to the byte: key, value and the sender's own headers."""
        return digest(self.key, self.value, self.headers)


def digest(key: bytes | None, value: bytes | None, headers: Headers) -> str:
    own = [(name, None if value is None else as_bytes(value)) for name, value in headers if not is_ours(name)]
    return hashlib.sha256(repr((key, value, own)).encode()).hexdigest()


def as_bytes(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value


def is_ours(name: str) -> bool:
    return name.startswith("proklama.")


def reasons() -> list[tuple[str, str]]:
    """Category and reason of all failures, from their documentation, which a test keeps complete."""
    page = (Path(__file__).resolve().parent.parent / "docs" / "failures.md").read_text()
    found, category = [], ""
    for line in page.splitlines():
        if heading := re.match(r"## `([a-z]+)`", line):
            category = heading[1]
        elif row := re.match(r"\| `([a-z-]+)` \|", line):
            found.append((category, row[1]))
    return found


def letters(count: int, partitions: int, seed: int) -> Iterator[Letter]:
    """Every fourth has contents that are no JSON, or none, or odd headers; the others are claims that can be filed."""
    chance = random.Random(seed)
    kinds = reasons()
    for number in range(count):
        category, reason = kinds[number % len(kinds)]
        name = f"letter-{number:06}"
        digits = cpr(number)
        value: bytes | None = encode(claim(digits, f"DL-{number:06}"))
        headers: Headers = [(NAME, name), ("source.system", "ledger-north")]
        if number % 4 == 0:
            value = chance.choice([None, b"", chance.randbytes(200), b"{"])
            headers += [("odd", chance.randbytes(20)), ("odd", None), ("odd", b""), ("æ", "ø")]
        yield Letter(name, category, reason, key(digits), value, headers, number % partitions)


def failure_headers(letter: Letter, offset: int, topic: str = REQUESTS) -> Headers:
    at = "2026-11-24T10:15:00.000Z"
    return [
        ("proklama.error.category", letter.category),
        ("proklama.error.reason", letter.reason),
        ("proklama.error.message", "made up"),
        ("proklama.error.stage", "send"),
        ("proklama.error.at", at),
        ("proklama.error.first-at", at),
        ("proklama.error.attempts", "2"),
        ("proklama.source.topic", topic),
        ("proklama.source.partition", str(letter.partition)),
        ("proklama.source.offset", str(offset)),
        ("proklama.source.timestamp", "1795515300000"),
        ("proklama.source.group", "proklama"),
        ("proklama.worker", "made-up-1"),
        ("proklama.version", "0"),
    ]
