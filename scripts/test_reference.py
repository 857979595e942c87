"""The pages for operators name all that there is in the sources, and nothing that is not; links lead somewhere."""

from __future__ import annotations

import re
import unittest
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

#: What `MetricsText` makes of a name, by the function that is called with it: type and ending.
FAMILIES = {
    "gauges": ("gauge", ""),
    "histograms": ("histogram", ""),
    "counters": ("counter", "_total"),
    "count": ("counter", "_total"),
    "info": ("gauge", "_info"),
}
SAMPLES = ("_bucket", "_sum", "_count")


def swift_sources(folder: str = "Sources") -> Iterator[tuple[str, str]]:
    """Path and text of each file."""
    for file in sorted((ROOT / folder).rglob("*.swift")):
        yield str(file.relative_to(ROOT)), file.read_text()


def page(name: str) -> str:
    return (ROOT / name).read_text()


def rows(text: str) -> Iterator[list[str]]:
    """The cells of each table row."""
    for line in text.splitlines():
        if line.startswith("|") and not line.startswith("| ---"):
            yield [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def names(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def differences(documented: dict[str, str], there: dict[str, str], document: str) -> list[str]:
    """What is in one of the two only, or is not the same in both."""
    wrong = [f"{name}: not in {document}" for name in sorted(there.keys() - documented.keys())]
    wrong += [f"{name}: in {document} only" for name in sorted(documented.keys() - there.keys())]
    for name in sorted(there.keys() & documented.keys()):
        if documented[name] != there[name]:
            wrong.append(f"{name}: {document} says '{documented[name]}', the sources '{there[name]}'")
    return wrong


class Reference(unittest.TestCase):
    def agree(self, documented: dict[str, str], there: dict[str, str], document: str, least: int) -> None:
        """Both say the same, and the test would notice if they did not."""
        self.assertGreaterEqual(len(there), least, "the pattern finds too few of them in the sources")
        self.assertEqual(differences(documented, there, document), [])
        one = sorted(there)[0]
        less = {name: value for name, value in there.items() if name != one}
        self.assertEqual(differences(less, there, document), [f"{one}: not in {document}"])
        self.assertEqual(differences(documented, less, document), [f"{one}: in {document} only"])
        self.assertEqual(len(differences(documented | {one: "?"}, there, document)), 1)


def metrics_served() -> tuple[dict[str, str], list[str]]:
    """Each family with its type, and the places of names that are not given to a function we know."""
    found: dict[str, str] = {}
    unread = []
    call = re.compile(r"\b(" + "|".join(FAMILIES) + r')\(\s*(?:\.\w+,\s*)?"(proklama_\w+)"')
    for path, text in swift_sources():
        read = {match.start(2): match for match in call.finditer(text)}
        for name in re.finditer(r'(?<=")proklama_', text):
            if match := read.get(name.start()):
                kind, ending = FAMILIES[match[1]]
                found[match[2] + ending] = kind
            else:
                unread.append(f"{path}: {text[name.start() : name.start() + 60].splitlines()[0]}")
    return found, unread


class Metrics(Reference):
    document = "docs/metrics.md"

    def documented(self) -> dict[str, str]:
        found = {}
        for cells in rows(page(self.document)):
            if re.fullmatch(r"`proklama_\w+`", cells[0]):
                found[names(cells[0])[0]] = cells[1]
        return found

    def test_each_family_is_described_with_its_type(self) -> None:
        there, unread = metrics_served()
        self.assertEqual(unread, [])
        self.agree(self.documented(), there, self.document, least=48)

    def test_no_document_names_another(self) -> None:
        there, _ = metrics_served()
        known = set(there) | {name + end for name, kind in there.items() if kind == "histogram" for end in SAMPLES}
        for file in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
            for name in re.findall(r"\bproklama_\w+(?![\w*])", file.read_text()):
                self.assertTrue(name in known or name.endswith("_"), f"{file.name}: {name}")


def events_logged() -> tuple[dict[str, set[str]], list[str]]:
    """Each event with its levels ("any" where they are computed), and the places of calls that cannot be read."""
    found: dict[str, set[str]] = {}
    unread = []
    # Only `write` has something before the name: the level.
    call = re.compile(r'\b[lL]og\.(?:(debug|info|warning|error)\(|write\([^;{}"]*?,)\s*"([a-z][a-z.-]*)",')
    for path, text in swift_sources("Sources/Worker"):
        for start in re.finditer(r"\b[lL]og\.(?:debug|info|warning|error|write)\(", text):
            if match := call.match(text, start.start()):
                found.setdefault(match[2], set()).add(match[1] or "any")
            else:
                unread.append(f"{path}: {text[start.start() : start.start() + 60]}")
    return found, unread


class Events(Reference):
    document = "docs/events.md"

    def documented(self) -> dict[str, str]:
        return {
            names(cells[0])[0]: cells[1]
            for cells in rows(page(self.document))
            if len(cells) == 4 and re.fullmatch(r"`[a-z.-]+`", cells[0])
        }

    def test_each_event_is_described_with_its_level(self) -> None:
        logged, unread = events_logged()
        self.assertEqual(unread, [])
        documented = self.documented()
        # What a call computes only its reader knows.
        there = {
            name: documented.get(name, "") if "any" in levels else ", ".join(sorted(levels))
            for name, levels in logged.items()
        }
        self.agree(documented, there, self.document, least=48)

    def test_no_other_document_names_another(self) -> None:
        logged, _ = events_logged()
        # Settings of Kafka's begin like these.
        groups = {name.split(".")[0] for name in logged} - {"kafka", "group", "partition", "transaction"}
        settings = page("Sources/Worker/Configuration/SettingKey.swift")
        for file in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
            for name in re.findall(r"`([a-z]+(?:-[a-z]+)*\.[a-z.-]+[a-z])`", file.read_text()):
                if name.split(".")[0] in groups and f'"{name}"' not in settings:
                    self.assertTrue(name in logged, f"{file.name}: {name}")


def settings_read() -> dict[str, str]:
    """Each setting with its default as one would write it, empty when it is absent."""
    source = page("Sources/Worker/Configuration/SettingKey.swift")
    cases, rest = source.split("var defaultText", 1)
    defaults, _ = rest.split("var meaning", 1)
    written = dict(re.findall(r'^ +case \.(\w+): "([^"]*)"$', defaults, re.M))
    found = {}
    for case, name in re.findall(r'^    case (\w+)(?: = "([^"]+)")?$', cases, re.M):
        found[name or case] = written.pop(case, "")
    if written:
        raise AssertionError(f"defaults of no setting: {written}")
    return found


class Settings(Reference):
    document = "docs/settings.md"

    def documented(self, text: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for cells in rows(text):
            if cells[0] == "key":
                continue
            keys, defaults = names(cells[0]), re.findall(r"^`([^`]*)`$", cells[1])
            self.assertTrue(keys and (defaults or cells[1] == "–"), cells)
            for key in keys:
                self.assertNotIn(key, found)
                found[key] = defaults[0] if defaults else ""
        return {key: default for key, default in found.items() if not key.startswith("kafka.")}

    def test_each_setting_is_described_with_its_default(self) -> None:
        tables, _ = page(self.document).split("## What may not be set")
        self.agree(self.documented(tables), settings_read(), self.document, least=54)

    def test_the_extract_says_the_same(self) -> None:
        extract = self.documented(page("README.md").split("\n## Settings\n")[1].split("\n## ")[0])
        self.assertGreater(len(extract), 10)
        there = settings_read()
        self.assertEqual(differences(extract, {key: there.get(key, "?") for key in extract}, "README.md"), [])

    def test_what_may_not_be_set_is_named(self) -> None:
        source = page("Sources/Worker/Configuration/ReservedKafkaSettings.swift").split("static func isSecret")[0]
        reserved = {
            name for case in re.findall(r"case ((?:\"[^:]*)):", source) for name in re.findall(r'"([^"]+)"', case)
        }
        self.assertGreaterEqual(len(reserved), 15)
        section = page(self.document).split("## What may not be set\n")[1].split("are refused")[0]
        refused = {name.removeprefix("kafka.") for name in names(section)}
        self.assertEqual(refused | {"group.id", "group.instance.id"}, reserved)


def anchors(text: str) -> set[str]:
    """What links may name in a page, as GitHub makes it of the headings."""
    headings = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


class Links(unittest.TestCase):
    def test_each_leads_somewhere(self) -> None:
        count = 0
        for file in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
            for link in re.findall(r"\]\(([^)\s]+)\)", file.read_text()):
                if re.match(r"[a-z]+:", link):
                    continue
                count += 1
                path, _, anchor = link.partition("#")
                target = file.parent / path if path else file
                self.assertTrue(target.exists(), f"{file.name}: {link}")
                if anchor:
                    self.assertIn(anchor, anchors(target.read_text()), f"{file.name}: {link}")
        self.assertGreater(count, 100)


if __name__ == "__main__":
    unittest.main()
