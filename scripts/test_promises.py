"""Each promise in docs/promises.md names tests and controls that exist."""

from __future__ import annotations

import re
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAME = re.compile(r"`([a-z]\w*[A-Z_]\w+)`")


def names_of_tests() -> set[str]:
    """Every test function, in Swift and in Python."""
    found: set[str] = set()
    for file in (ROOT / "Tests").rglob("*.swift"):
        text = file.read_text()
        # `@Test`, with arguments or attributes that may span lines, and then the function.
        found.update(re.findall(r"@Test\b(?:\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))?\s*(?:@\w+\s*)*func (\w+)", text))
    for file in (ROOT / "scripts").glob("test_*.py"):
        found.update(re.findall(r"def (test_\w+)", file.read_text()))
    return found


def mechanisms() -> set[str]:
    """What the simulation can switch off: the raw values of its enumeration."""
    for file in (ROOT / "Sources/Simulation").rglob("*.swift"):
        if body := re.search(r"enum Mechanism\b.*?^}", file.read_text(), re.S | re.M):
            cases = re.findall(r'^\s*case (\w+)(?: = "([\w-]+)")?', body.group(0), re.M)
            return {raw or name for name, raw in cases}
    return set()


def promises(text: str) -> dict[str, dict[str, str]]:
    """Each numbered section with its labelled parts."""
    found = {}
    for section in re.split(r"^## ", text, flags=re.M)[1:]:
        title, body = section.split("\n", 1)
        parts = re.split(r"^- \*\*(\w+)\.\*\*", body, flags=re.M)
        found[title] = dict(zip(parts[1::2], parts[2::2], strict=True))
    return found


def problems(text: str, tests: set[str], switches: set[str]) -> list[str]:
    """What is wrong with a page of promises."""
    wrong = []
    for title, parts in promises(text).items():
        for label in ("Limits", "How", "Proof", "Control"):
            if label not in parts:
                wrong.append(f"{title}: no {label}")
        for label in ("Proof", "Control"):
            named = NAME.findall(parts.get(label, ""))
            if not named:
                wrong.append(f"{title}: {label} names no test")
            wrong += [f"{title}: there is no test {name}" for name in named if name not in tests]
        control = parts.get("Control", "")
        if "withoutItAPromiseIsBroken" in control:
            for name in re.findall(r"`([a-z-]+)`", control):
                if name not in switches:
                    wrong.append(f"{title}: the simulation cannot switch off {name}")
    return wrong


class Promises(unittest.TestCase):
    def test_every_promise_names_tests_that_exist(self) -> None:
        text = (ROOT / "docs/promises.md").read_text()
        self.assertGreaterEqual(len(promises(text)), 7)
        self.assertEqual(problems(text, names_of_tests(), mechanisms()), [])

    def test_a_test_that_does_not_exist_is_found(self) -> None:
        page = "## 1. It\n- **Limits.** a\n- **How.** b\n- **Proof.** `noSuchTest`\n- **Control.** `aControl`\n"
        self.assertEqual(problems(page, {"aControl"}, set()), ["1. It: there is no test noSuchTest"])

    def test_a_promise_without_a_test_is_found(self) -> None:
        page = "## 1. It\n- **Limits.** a\n- **How.** b\n- **Proof.** trust us\n- **Control.** `aControl`\n"
        self.assertEqual(problems(page, {"aControl"}, set()), ["1. It: Proof names no test"])

    def test_a_mechanism_that_cannot_be_switched_off_is_found(self) -> None:
        page = (
            "## 1. It\n- **Limits.** a\n- **How.** b\n- **Proof.** `aTest`\n"
            "- **Control.** `withoutItAPromiseIsBroken` with `magic`\n"
        )
        tests = {"aTest", "withoutItAPromiseIsBroken"}
        self.assertEqual(problems(page, tests, {"lease"}), ["1. It: the simulation cannot switch off magic"])


if __name__ == "__main__":
    unittest.main()
