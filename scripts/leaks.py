"""Looks for what must stay in: CPR numbers, tokens, keys, idempotency keys, in all that a run has written for people.

Logs, metrics, /status, headers, replies, news of estates and the commands' output hold none of them. What may: the
contents of a request, in the inputs, the ledger and a dead letter's value, since they are what their sender wrote.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import audit
from harness import Simulator, Stage
from machine import Failure, fetch

_CPR = re.compile(rb"(?<!\d)\d{6}-?\d{4}(?!\d)")
_HEX = re.compile(rb"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")

#: Topics whose values are ours and written for people.
_OURS = ("claim-replies", "estate-replies", "estate-updates", "dead-letters.audit")
#: All that is written to; of the others only what is ours in their keys and headers is looked at.
TOPICS = (*_OURS, "dead-letters", "ledger")

#: Commands that are not run here, and why. `run` is, with --print-config; all else that it says is in its log.
NOT_RUN = {
    "send": "writes",
    "shadow report": "reads what a shadow has answered; scripts/shadow.py looks at what it prints",
    "topics create": "writes",
    "validate": "reads a file of the caller's, and nothing of the run's",
}
#: Ends of a command that has not done what it is for: usage, a broker that is not there, a bug, settings.
_FAILED = (64, 69, 70, 78)


@dataclass
class Needles:
    """What is looked for."""

    numbers: set[bytes] = field(default_factory=set)  #: CPR numbers, ten digits
    idempotency_keys: set[bytes] = field(default_factory=set)
    texts: dict[bytes, str] = field(default_factory=dict)  #: anything else, with its name

    def add(self, name: str, texts: Iterable[str]) -> None:
        self.texts |= {text.encode(): name for text in texts if text}

    def found(self, haystack: bytes) -> set[str]:
        """Names what there is, and never shows it."""
        names = set()
        if any(match.replace(b"-", b"") in self.numbers for match in _CPR.findall(haystack)):
            names.add("CPR number")
        if any(match in self.idempotency_keys for match in _HEX.findall(haystack)):
            names.add("idempotency key")
        return names | {name for text, name in self.texts.items() if text in haystack}

    def planted(self) -> list[tuple[str, bytes]]:
        """One of each sort, as a careless line would hold it."""
        planted = []
        for number in sorted(self.numbers)[:1]:
            planted.append(("CPR number", b'{"message":"no estate for %s"}' % number))
            planted.append(("CPR number", b"no estate for %s-%s." % (number[:6], number[6:])))
        for key in sorted(self.idempotency_keys)[:1]:
            planted.append(("idempotency key", b"Idempotency-Key: " + key))
        for name in sorted(set(self.texts.values())):
            text = next(text for text, other in self.texts.items() if other == name)
            planted.append((name, b"Authorization: Bearer " + text + b"\r\n"))
        return planted


@dataclass
class Report:
    places: int = 0
    bytes: int = 0
    needles: int = 0
    leaks: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        text = f"{self.needles} secrets looked for in {self.places} places, {self.bytes / 1e6:.1f} MB: "
        return text + (f"{len(self.leaks)} LEAKS\n  " + "\n  ".join(self.leaks[:20]) if self.leaks else "none found")


def numbers_in(messages: Iterable[audit.Message]) -> set[bytes]:
    """All that looks like a CPR number in the inputs, damaged records included."""
    found: set[bytes] = set()
    for message in messages:
        found |= {match.replace(b"-", b"") for match in _CPR.findall(message.value() or b"")}
    return found


def look(needles: Needles, places: Iterable[tuple[str, bytes]]) -> Report:
    report = Report(needles=len(needles.numbers) + len(needles.idempotency_keys) + len(needles.texts))
    control(needles)
    for name, contents in places:
        report.places += 1
        report.bytes += len(contents)
        report.leaks += [f"{what} in {name}" for what in sorted(needles.found(contents))]
    return report


def control(needles: Needles) -> None:
    """What is planted must be found, or nothing that follows means anything."""
    planted = needles.planted()
    if not planted:
        raise Failure("no secrets are known to look for")
    for name, text in planted:
        if name not in needles.found(b"x" * 100 + text):
            raise Failure(f"a {name} that was planted was not found")


def _for_people(message: audit.Message, topic: str) -> Iterator[bytes]:
    """The key, our headers, and the value where it is ours."""
    yield message.key() or b""
    for name, text in audit.headers(message):
        if name.startswith("proklama."):
            yield name.encode() + b"=" + text
    if topic in _OURS:
        yield message.value() or b""


def commands(letter: tuple[int, int] | None, key: str | None) -> list[list[str]]:
    """Command lines that print and change nothing, also while workers run.

    :param letter: partition and offset of a dead letter, if there is one.
    :param key: of some person, if one is known.
    """
    dry = ["--dry-run", "--note", "made-up"]
    lines = [
        ["run", "--print-config"],
        *(["check", *form] for form in ([], ["--json"])),
        ["topics", "verify"],
        *(["dead-letters", "list", *form] for form in ([], ["--json"], ["--by-fingerprint"])),
        *(["dead-letters", "list", "--each", *form] for form in ([], ["--json"])),
        *(["dead-letters", "replay", "--dry-run", *form] for form in ([], ["--json"])),
        *(["dead-letters", "discard", *dry, *form] for form in ([], ["--json"])),
        *(["waiting", *form] for form in ([], ["--json"], ["--each"], ["--each", "--json"])),
        *(["keys", *form] for form in ([], ["--json"])),
    ]
    if letter is not None:
        lines.append(["dead-letters", "show", "--partition", str(letter[0]), "--offset", str(letter[1])])
    if key is not None:
        lines += [["erase", "--key", key, *dry], ["erase", "--key", key, *dry, "--json"]]
    return lines


def places_of(
    stage: Stage, bootstrap: str, pages: Iterable[tuple[str, bytes]], file: Path, prefix: str = "estate"
) -> Iterator[tuple[str, bytes]]:
    """All that was written for people: logs, pages, headers, replies and news, and what the commands print."""
    letter: tuple[int, int] | None = None
    key: str | None = None
    for log in sorted(stage.directory.glob("*.log")):
        yield log.name, log.read_bytes()
    yield from pages
    broker = audit.Broker(bootstrap, 30)
    for topic in TOPICS:
        messages = broker.read(f"{prefix}.{topic}")[0]
        if topic == "dead-letters" and messages:
            letter = messages[0].partition() or 0, messages[0].offset() or 0
        if topic == "claim-replies" and messages:
            key = (messages[0].key() or b"").decode() or None
        texts = [b"\n".join(_for_people(message, topic)) for message in messages]
        # Many at once, which is quicker; a leak's place is told nearly enough.
        for first in range(0, len(texts), 500):
            yield (
                f"500 records of {topic} from {audit.place_of(messages[first])}",
                b"\n".join(texts[first : first + 500]),
            )
    proklama = str(stage.program("proklama"))
    for words in commands(letter, key):
        command = [proklama, *words, "-c", str(file)]
        ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=90)
        if ended.returncode < 0 or ended.returncode in _FAILED:
            raise Failure(f"proklama {' '.join(words)} ended with {ended.returncode}, so its output shows nothing")
        yield f"proklama {' '.join(words)}", ended.stdout + ended.stderr


def needles_of(bootstrap: str, portal: Simulator, tokens: Iterable[str], prefix: str = "estate") -> Needles:
    """The CPR numbers of the inputs, and the idempotency keys and tokens that the portal has got and given."""
    broker = audit.Broker(bootstrap, 30)
    needles = Needles()
    for topic in ("death-notifications", "claim-requests"):
        needles.numbers |= numbers_in(broker.read(f"{prefix}.{topic}")[0])
    filings = fetch(f"{portal.url}/_audit?full=1", context=portal.context)[1]
    needles.idempotency_keys |= set(re.findall(rb'"idempotencyKey":"([0-9a-f]{64})"', filings))
    needles.add("token", tokens)
    return needles
