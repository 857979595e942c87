"""The search for secrets finds what is there, and does not cry out over numbers that are none."""

from __future__ import annotations

import re
import unittest
from pathlib import Path

from leaks import NOT_RUN, TOPICS, Needles, commands, control, look
from machine import Failure

SOURCES = Path(__file__).resolve().parent.parent / "Sources/Worker"


def needles() -> Needles:
    found = Needles(numbers={b"6101901234", b"7002851111"}, idempotency_keys={b"ab" * 32})
    found.add("token", ["sim-0123456789abcdef0123456789abcdef"])
    found.add("private key", ["MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ"])
    return found


class Leaks(unittest.TestCase):
    def test_what_is_planted_is_found(self) -> None:
        report = look(needles(), needles().planted())
        self.assertEqual(len(report.leaks), 5)
        self.assertIn("CPR number in CPR number", report.leaks)
        self.assertNotIn("6101901234", str(report))

    def test_each_sort_is_told(self) -> None:
        for text, name in (
            (b"estate of 610190-1234", "CPR number"),
            (b'{"cpr":"7002851111"}', "CPR number"),
            (b"key=" + b"ab" * 32, "idempotency key"),
            (b"Bearer sim-0123456789abcdef0123456789abcdef", "token"),
        ):
            self.assertEqual(needles().found(text), {name})

    def test_other_numbers_are_none(self) -> None:
        for text in (b"1795515300000", b"16101901234", b"61019012345", b"610190 1234", b"cd" * 32, b"ab" * 33, b""):
            self.assertEqual(needles().found(text), set())

    def test_every_command_is_run_or_said_not_to_be(self) -> None:
        known = set()
        for file in (SOURCES / "Commands").rglob("*.swift"):
            known |= set(re.findall(r'Subcommand\(\s*"([a-z -]+)"', file.read_text()))
        self.assertGreaterEqual(len(known), 14)
        lines = [" ".join(words) for words in commands((0, 0), "k")]
        run = {name for name in known if any(f"{line} ".startswith(f"{name} ") for line in lines)}
        self.assertEqual(run & set(NOT_RUN), set())
        self.assertEqual(run | set(NOT_RUN), known)

    def test_what_could_write_is_run_dry(self) -> None:
        for words in commands((0, 0), "k"):
            if {"erase", "replay", "discard"} & set(words):
                self.assertIn("--dry-run", words)
            if words[0] == "run":
                self.assertEqual(words, ["run", "--print-config"])
            self.assertNotIn("--yes", words)

    def test_every_topic_that_is_written_to_is_read(self) -> None:
        settings = (SOURCES / "Configuration/SettingKey.swift").read_text()
        topics = set(re.findall(r'Topic: "estate\.([a-z.-]+)"', settings))
        self.assertEqual(set(TOPICS), topics - {"claim-requests", "death-notifications"})

    def test_looking_for_nothing_is_an_error(self) -> None:
        with self.assertRaises(Failure):
            control(Needles())

    def test_a_search_that_finds_nothing_is_an_error(self) -> None:
        class Blind(Needles):
            def found(self, haystack: bytes) -> set[str]:
                return set()

        with self.assertRaises(Failure):
            look(Blind(numbers={b"6101901234"}), [])


if __name__ == "__main__":
    unittest.main()
