"""Requests good and bad, made from the schemas' examples: members taken away, replaced, misspelt, some at random."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from typing import Any

Path = tuple[str | int, ...]

#: What any member may be replaced with.
_ANYTHING: tuple[Any, ...] = (
    None, True, False, 0, -1, 24, 1.5, 10**15, "", " ", "x", "X" * 201, "X" * 10_001, "X" * 100_001,
    [], {}, [{}], ["x"], [None], [[]], {"x": 1}, {"description": "x"}, {"description": ""}, {"cvr": "97281536"},
    {"cpr": "6601250100"}, {"principal": "1"}, {"items": [{"description": "x"}]}, {"items": [1]},
)  # fmt: skip

#: What texts of a certain sort may be replaced with, by the member's name.
_MONEY = (
    "0", "00", "1", "1.", ".5", "1.5", "1.55", "1.555", "-1", "+1", "1,5", "1 000", "1e3", " 1", "1 ", "0x1", "٣",
    "999999999999.99", "1000000000000", "1.-5", "1..5",
)  # fmt: skip
_CVR = ("9728153", "972815366", "9728153x", "97281536 ", "00000000", "97 28 15", "٩٧٢٨١٥٣٦")
_INVOICE = "SW52b2ljZSA0NzExOiAxMi44NDUsNTAga3IuCg=="
_ATTACHMENT = {
    "name": "invoice.txt",
    "mediaType": "text/plain",
    "sha256": "640953afa8d6b8b2e60db1a372b636c37574062f346abbe21d5ba6bac5fc6907",
}
_CPR = (
    "660125-0100", "660125-010", "6601250-100", "66-01250100", "660125010", "66012501000", "0001250100",
    "3201250100", "6001250100", "9201250100", "6600250100", "6613250100", "0102250100", "3002250100", "9002250100",
    "2902230100", "3104250100", "9104250100", "9101250100", "66012501OO", " 6601250100", "6601250100 ",
    "6601259100",
)  # fmt: skip
_TEXTS: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(("principal", "interest", "costs", "amount", "estimatedValue"), _MONEY),
    **dict.fromkeys(("cvr", "onBehalfOf"), _CVR),
    **dict.fromkeys(("cpr", "previousCpr"), _CPR),
    "dateOfDeath": (
        "2026", "2026-09", "2026-9", "2026-13", "2026-00", "2026-09-14", "2026-09-31", "2026-02-29", "2024-02-29",
        "2026-9-14", "2026-09-1", "20260914", "2026-09-14T10:15:00Z", "2026-09-14T", "2026-09-14 ", "2026-09T10:00",
        "0000", "0001", "0000-01-01", "1999-01-01", "2021-12", "2022", "2022-09", "2022-10", "2022-10-03", "2022-10-04",
        "26", "2026-", "-2026", "+2026", "2026-09-", "2026-09-00", "2026-09-32", "T", "2026T00",
    ),
    "kind": ("claim", "receivable", "inventory", "inquiry", "Claim", "claims", "wish"),
    "action": ("submit", "amend", "withdraw", "Submit", "delete", "withdraw "),
    "reference": ("r" * 200, "æ" * 100, "a/b", "-", "0"),
    "id": ("r" * 10_000, "0"),
    "text": ("t" * 100_000, "æøå"),
    "preferentialPosition": ("p" * 10_000,),
    "name": ("n" * 200, "\u0007", "a\u0000b", "\u0085"),
    "mediaType": (
        "text/plain", "text/plain; charset=utf-8", "text", "/plain", "text/", "text/plain/x", "te xt/plain", "text/æ",
        "text/plain\r\nX: y", "text/plain;\u0007", "a/" + "b" * 98, "a/" + "b" * 99,
    ),
    "sha256": ("0" * 64, "A" * 64, "0" * 63, "0" * 65, "g" * 64, "0x" + "0" * 62),
    "content": ("SW52b2ljZSA0NzExOiAxMi44NDUsNTAga3IuCg", "SW52!", "AAAA", "====", "AAA=", "AB==", "AA=A"),
    "file": ("f", "f" * 1000, "f" * 1001, "../f"),
    "size": (28, 29, 2**40),
    "attachments": (
        [{**_ATTACHMENT, "content": _INVOICE, "file": 7}],
        [{**_ATTACHMENT, "content": _INVOICE, "file": "f"}],
        [{**_ATTACHMENT, "content": 7, "file": "f"}],
        [{**_ATTACHMENT, "content": None, "file": "f"}],
        [{"name": str(n), "mediaType": "a/b", "sha256": "0" * 64, "file": "f"} for n in range(100)],
        [{"name": str(n), "mediaType": "a/b", "sha256": "0" * 64, "file": "f"} for n in range(101)],
    ),
}  # fmt: skip


def _paths(message: Any, path: Path = ()) -> Iterator[Path]:
    """All members and elements."""
    items = message.items() if isinstance(message, dict) else enumerate(message) if isinstance(message, list) else ()
    for name, value in items:
        yield (*path, name)
        yield from _paths(value, (*path, name))


def _at(message: Any, path: Path) -> Any:
    for name in path:
        message = message[name]
    return message


def _changed(message: Any, path: Path, value: Any) -> Any:
    result = copy.deepcopy(message)
    _at(result, path[:-1])[path[-1]] = value
    return result


def _without(message: Any, path: Path) -> Any:
    result = copy.deepcopy(message)
    del _at(result, path[:-1])[path[-1]]
    return result


def replacements(path: Path) -> tuple[Any, ...]:
    return _ANYTHING + _TEXTS.get(str(path[-1]), ())


def single_changes(message: Any) -> Iterator[Any]:
    """The message with one thing changed."""
    for path in _paths(message):
        yield _without(message, path)
        for value in replacements(path):
            yield _changed(message, path, value)
    for path in [(), *_paths(message)]:
        if isinstance(_at(message, path), dict):
            for extra in (None, 1, {"description": 1}):
                yield _changed(message, (*path, "unknown"), extra)


def random_changes(messages: list[Any], names: list[str], seed: int, count: int) -> Iterator[Any]:
    """Messages with two to four things changed, among them members that belong to others."""
    chance = random.Random(seed)
    for _ in range(count):
        message = copy.deepcopy(chance.choice(messages))
        for _ in range(chance.randint(2, 4)):
            objects = [path for path in [(), *_paths(message)] if isinstance(_at(message, path), dict)]
            if chance.random() < 0.5:
                path = (*chance.choice(objects), chance.choice(names))
                message = _changed(message, path, chance.choice(replacements(path)))
            elif paths := list(_paths(message)):
                message = _without(message, chance.choice(paths))
        yield message


def corpus(messages: list[Any], names: list[str], seed: int = 1, count: int = 4000) -> Iterator[Any]:
    yield from messages
    for message in messages:
        yield from single_changes(message)
    yield from random_changes(messages, names, seed, count)
    yield from _ANYTHING
