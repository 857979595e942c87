"""The schemas say what the worker does: same verdicts over a corpus, and all that we publish is described."""

from __future__ import annotations

import base64
import binascii
import copy
import json
import re
import subprocess
import unittest
import warnings
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import letters
import message_page
import schema_check
import yaml
from corpus import corpus, single_changes
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import validate as validate_openapi
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from asyncapi3 import AsyncAPI3

ROOT = schema_check.ROOT
BASE = "https://proklama.example/schemas/v1/"
PROGRAM = ROOT / ".build" / "debug" / "proklama"
#: Rules that another one repeats, for readers' sake: taken away alone, they are not missed.
REPEATED = {
    "death-notification.json type",
    "definitions.json/$defs/deceased type",
    "definitions.json/$defs/cpr type",
    "definitions.json/$defs/deceased/if/properties/cpr type",
}
FIRST_DAY = date(2022, 10, 4)


def python_validator(documents: dict[str, Any], name: str) -> Draft202012Validator:
    registry: Registry[Any] = Registry().with_resources(
        [(one["$id"], Resource.from_contents(one, DRAFT202012)) for one in documents.values()]
    )
    return Draft202012Validator(documents[name], registry=registry, format_checker=FormatChecker())


def schema_nodes(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Each object inside a schema, but for the examples."""
    if isinstance(schema, dict):
        yield path, schema
        for name, value in schema.items():
            if name not in ("examples", "const", "enum"):
                yield from schema_nodes(value, f"{path}/{name}")
    elif isinstance(schema, list):
        for index, value in enumerate(schema):
            yield from schema_nodes(value, f"{path}/{index}")


class Documents(unittest.TestCase):
    documents = schema_check.documents()

    def test_each_is_a_schema_with_name_title_description_and_examples(self) -> None:
        for name, schema in self.documents.items():
            with self.subTest(name):
                Draft202012Validator.check_schema(schema)
                self.assertEqual(schema["$id"], BASE + name)
                self.assertTrue(schema["title"] and schema["description"])
                if name == "definitions.json":
                    continue
                check = python_validator(self.documents, name)
                self.assertTrue(schema["examples"])
                for example in schema["examples"]:
                    self.assertEqual([error.message for error in check.iter_errors(example)], [])
                    strict = name.removeprefix("cloudevent-") not in schema_check.INPUTS.values()
                    self.assertTrue(schema_check.validator(name, strict).is_valid(example))

    def test_each_member_is_described(self) -> None:
        for name, schema in self.documents.items():
            for path, node in schema_nodes(schema):
                for member, one in node.get("properties", {}).items() if isinstance(node, dict) else ():
                    if path.endswith(("/if", "/then", "/else")) or not isinstance(one, dict):
                        continue  # conditions, not descriptions
                    self.assertTrue("description" in one or "$ref" in one, f"{name}: {path}/{member}")

    def test_cpr_numbers_belong_to_nobody(self) -> None:
        for name, schema in self.documents.items():
            for number in re.findall(r"(?<!\w)[0-9]{6}-?[0-9]{4}(?!\w)", json.dumps(schema)):
                self.assertGreaterEqual(number[0], "6", name)

    def test_the_reasons_are_those_of_the_documentation(self) -> None:
        found = self.documents["definitions.json"]["$defs"]
        self.assertEqual(sorted(found["reason"]["enum"]), sorted(reason for _, reason in letters.reasons()))
        self.assertEqual(sorted(found["category"]["enum"]), sorted({category for category, _ in letters.reasons()}))

    def test_the_headers_are_those_that_the_worker_knows(self) -> None:
        source = (ROOT / "Sources/Worker/Answer/LetterHeaderName.swift").read_text()
        named = set(re.findall(r'static let \w+ = "(proklama\.[a-z.-]+)"', source))
        named.add("proklama.encrypted")  # the seal's, docs/privacy.md
        self.assertEqual(set(self.documents["dead-letter-headers.json"]["properties"]), named)

    def test_what_is_not_described_is_found(self) -> None:
        example = self.documents["claim-reply.json"]["examples"][0]
        self.assertTrue(schema_check.validator("claim-reply.json").is_valid({**example, "new": 1}))
        found = schema_check.problems("claim-replies", b"k", json.dumps({**example, "new": 1}).encode(), [])
        self.assertEqual(len(found), 1)
        self.assertIn("'new'", found[0])
        found = schema_check.problems("dead-letters", b"k", None, [("proklama.error.new", b"1")])
        self.assertTrue(any("proklama.error.new" in one for one in found))
        self.assertEqual(
            schema_check.problems("ledger", b"filing/claim/97281536/-/R-1", b'{"v":3,"state":"settled"}', [])[1:], []
        )
        self.assertEqual(schema_check.problems("ledger", b"wish/1", b"{}", []), ["ledger: a key of no known kind"])


def no_such_day(text: str) -> bool:
    """A date of death that only a calendar refuses, or one that only today's rules do."""
    front = text.split("T")[0]
    parts = [int(part) for part in front.split("-")]
    latest = (parts + [12, 31][len(parts) - 1 :]) if len(parts) < 3 else parts
    for day in (latest[2], 30, 29, 28) if len(parts) < 3 else (latest[2],):
        try:
            return date(latest[0], latest[1], day) < FIRST_DAY
        except ValueError:
            continue
    return True


def born_never(text: str) -> bool:
    """A CPR number whose date does not exist. The seventh digit tells the century (cpr.dk)."""
    digits = text.replace("-", "")
    day, month, year, seventh = int(digits[:2]) % 60 or 60, int(digits[2:4]), int(digits[4:6]), int(digits[6])
    if seventh <= 3:
        century = 1900
    elif seventh in (4, 9):
        century = 2000 if year <= 36 else 1900
    else:
        century = 2000 if year <= 57 else 1800
    try:
        date(century + year, month, day)
    except ValueError:
        return True
    return False


def is_base64(text: str) -> bool:
    try:
        return base64.b64encode(base64.b64decode(text, validate=True)).decode() == text
    except (binascii.Error, ValueError):
        return False


def explained_attachment(message: Any, verdict: dict[str, Any]) -> str:
    place = verdict["place"]
    if verdict["reason"] in ("attachment-mismatch", "attachment-unusable"):
        return "attachment's contents"
    listed = message["attachments"]
    contents = [one["content"] for one in listed if isinstance(one.get("content"), str)]
    if place.endswith("].content") and not all(map(is_base64, contents)):
        return "attachment's base64"
    different = {(one["name"], one["sha256"].lower()) for one in listed}
    return "attachment twice" if place.endswith("]") and len(different) < len(listed) else ""


def explained(topic: str, message: Any, verdict: dict[str, Any]) -> str:
    """Why the worker refuses what the schema takes; empty when there is no reason to. schemas/README.md lists these."""
    person = message["deceased"] if topic == "claim-requests" else message
    numbers = [person.get("cpr"), message.get("previousCpr")]
    if verdict.get("reason") == "invalid-cpr" and any(born_never(one) for one in numbers if isinstance(one, str)):
        return "date of birth"
    creditor = message.get("creditor") or {}
    if verdict.get("place") == "creditor.onBehalfOf" and creditor["onBehalfOf"] == creditor["cvr"]:
        return "on behalf of oneself"
    if verdict.get("place", "").endswith("dateOfDeath") and no_such_day(person["dateOfDeath"]):
        return "date of death"
    if verdict.get("place", "").startswith("attachments["):
        return explained_attachment(message, verdict)
    return ""


class SameVerdicts(unittest.TestCase):
    """The Swift parser and the schema judge the same messages."""

    documents = schema_check.documents()

    def judged(self, topic: str, messages: list[Any], headers: dict[str, str] | None = None) -> list[dict[str, Any]]:
        """Verdicts of the program, on messages with these headers."""
        self.assertTrue(PROGRAM.exists(), "no program: swift build --product proklama")
        records = ({"key": "k", "headers": headers or {}, "value": one} for one in messages)
        lines = "".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in records)
        command = [str(PROGRAM), "validate", topic, "--json", "-"]
        ended = subprocess.run(command, input=lines.encode(), capture_output=True, timeout=300)
        self.assertIn(ended.returncode, (0, 1), ended.stderr.decode()[-500:])
        verdicts = [json.loads(line) for line in ended.stdout.splitlines()]
        self.assertEqual([one["line"] for one in verdicts], list(range(1, len(messages) + 1)))
        check = schema_check.validator("cli/validate.json", strict=True)
        self.assertTrue(all(check.is_valid(one) for one in verdicts))
        return verdicts

    def messages(self, topic: str) -> list[Any]:
        schema = self.documents[schema_check.INPUTS[topic]]
        found = (schema, self.documents["definitions.json"])
        names = sorted({name for one in found for _, node in schema_nodes(one) for name in node.get("properties", {})})
        examples = copy.deepcopy(schema["examples"])
        for example in examples:
            person = example.get("deceased", example)
            if "cpr" not in person:
                person["cpr"] = None  # so that all that can stand there stands beside name and address
        return list(corpus(examples, names))

    def compare(self, topic: str, takes: Any) -> tuple[Counter[str], list[str]]:
        """How often which verdict came, and where the two part without a reason."""
        seen: Counter[str] = Counter()
        parted: list[str] = []
        messages = self.messages(topic)
        for message, verdict in zip(messages, self.judged(topic, messages), strict=True):
            accepted = verdict["verdict"] == "accepted"
            seen[f"{verdict['verdict']} {verdict.get('reason', '')}".rstrip()] += 1
            if takes(message) == accepted:
                continue
            reason = "" if accepted else explained(topic, message, verdict)
            seen[f"known: {reason}"] += 1
            if not reason:
                parted.append(f"{json.dumps(message)[:300]}: {verdict}")
        return seen, parted

    def test_on_claim_requests(self) -> None:
        seen, parted = self.compare("claim-requests", schema_check.validator("claim-request.json").is_valid)
        self.assertEqual(parted[:5], [])
        self.assertGreater(seen["accepted"], 1000, seen)
        self.assertGreater(seen["refused malformed"], 3000, seen)
        for reason in (
            "refused invalid-cpr",
            "refused died-before-portal",
            "known: date of birth",
            "known: date of death",
            "known: attachment's contents",
            "known: attachment's base64",
        ):
            self.assertGreater(seen[reason], 5, seen)

    def test_on_orders_to_erase(self) -> None:
        example = self.documents["erase-order.json"]["examples"][0]
        messages = [{name: value for name, value in example.items() if name != left_out} for left_out in example]
        messages = [one for one in messages if "action" in one] + [example]
        for name in ("id", "by", "note"):
            values: tuple[Any, ...] = (None, 7, "", "x", "x" * 200, "x" * 201, "x" * 1001, [])
            messages += [example | {name: value} for value in values]
        verdicts = self.judged("claim-requests", messages)
        seen: Counter[bool] = Counter()
        for message, verdict in zip(messages, verdicts, strict=True):
            accepted = verdict["verdict"] == "accepted"
            taken = schema_check.accepts("claim-requests", json.dumps(message).encode())
            self.assertEqual(taken, accepted, f"{message}: {verdict}")
            seen[accepted] += 1
        self.assertGreater(min(seen.values()), 5)

    def test_on_death_notifications(self) -> None:
        seen, parted = self.compare("death-notifications", schema_check.validator("death-notification.json").is_valid)
        self.assertEqual(parted[:5], [])
        self.assertGreater(seen["accepted"], 500, seen)
        self.assertGreater(seen["refused malformed"], 1000, seen)

    def test_on_envelopes(self) -> None:
        """CloudEvents in structured mode; what is in base64 no schema can see."""
        for topic, file in schema_check.INPUTS.items():
            name = f"cloudevent-{file}"
            example = self.documents[name]["examples"][0]
            encoded = {key: value for key, value in example.items() if key != "data"}
            encoded["data_base64"] = base64.b64encode(json.dumps(example["data"]).encode()).decode()
            members = sorted(self.documents[name]["properties"])
            messages = list(corpus([example, encoded], members, count=1000))
            verdicts = self.judged(topic, messages, {"content-type": "application/cloudevents+json"})
            takes = schema_check.validator(name).is_valid
            accepted = 0
            for message, verdict in zip(messages, verdicts, strict=True):
                is_accepted = verdict["verdict"] == "accepted"
                accepted += is_accepted
                unseen = isinstance(message, dict) and isinstance(message.get("data_base64"), str)
                if takes(message) != is_accepted and not (unseen and not is_accepted):
                    known = not is_accepted and explained(topic, message["data"], verdict)
                    self.assertTrue(known, f"{json.dumps(message)[:300]}: {verdict}")
            self.assertTrue(200 < accepted < len(messages) - 200, accepted)

    def test_on_headers(self) -> None:
        """CloudEvents in binary mode: attributes that are wrong or missing."""
        value = self.documents["claim-request.json"]["examples"][0]
        good = {"ce_specversion": "1.0", "ce_id": "1", "ce_source": "/s", "ce_type": "t"}
        others: list[dict[str, str]] = [
            good,
            {},
            {"ce_id": "1"},
            {"ce_specversion": "0.3"},
            good | {"ce_specversion": "1"},
        ]
        others += [{name: text for name, text in good.items() if name != left_out} for left_out in good]
        others += [good | {name: ""} for name in good]
        kinds = ("application/json", "application/JSON; charset=utf-8", "text/plain", "application/x+json", "", "json")
        others += [good | {"content-type": kind} for kind in kinds] + [{"content-type": kind} for kind in kinds]
        seen: Counter[bool] = Counter()
        for headers in others:
            verdict = self.judged("claim-requests", [value], headers)[0]["verdict"] == "accepted"
            raw = [(name, text.encode()) for name, text in headers.items()]
            self.assertEqual(schema_check.accepts("claim-requests", json.dumps(value).encode(), raw), verdict, headers)
            seen[verdict] += 1
        self.assertGreater(min(seen.values()), 5)

    def test_a_schema_that_parts_from_the_worker_is_found(self) -> None:
        """Each rule of the requests' schemas taken away must show, so that the corpus reaches them all."""
        for topic, file in schema_check.INPUTS.items():
            verdicts = self.judged(topic, messages := self.messages(topic))
            idle = [
                f"{owner}{path} {rule}"
                for owner in (file, "definitions.json")
                for path, rule in self.rules(topic, owner)
                if f"{owner}{path} {rule}" not in REPEATED
                and not self.parts_without(topic, owner, path, rule, messages, verdicts)
            ]
            self.assertEqual(idle, [], "nothing in the corpus needs these rules")

    def rules(self, topic: str, owner: str) -> Iterator[tuple[str, str]]:
        used = {"deceased", "address", "dateOfDeath", "cpr"}
        if topic == "claim-requests":
            used |= {"money", "optionalMoney", "cvr", "optionalCvr", "kind", "creditor"}
        for path, node in schema_nodes(self.documents[owner]):
            if owner == "definitions.json" and (path.split("/") + [""] * 3)[2] not in used:
                continue
            for rule in ("required", "pattern", "minItems", "maxItems", "minLength", "enum", "type", "maxLength"):
                # A pattern that bounds the length makes the limit a help for readers only.
                bounded = rule == "maxLength" and "pattern" in node
                if (
                    rule in node
                    and "properties" not in path.split("/")[-1:]
                    and not path.endswith("/if")
                    and not bounded
                ):
                    yield path, rule

    def parts_without(
        self, topic: str, owner: str, path: str, rule: str, messages: list[Any], verdicts: list[dict[str, Any]]
    ) -> bool:
        changed = copy.deepcopy(self.documents)
        node: Any = changed[owner]
        for name in path.split("/")[1:]:
            node = node[int(name)] if isinstance(node, list) else node[name]
        del node[rule]
        takes = schema_check.checker(changed, schema_check.INPUTS[topic])
        for message, verdict in zip(messages, verdicts, strict=True):
            accepted = verdict["verdict"] == "accepted"
            if takes.is_valid(message) != accepted:
                try:
                    if accepted or not explained(topic, message, verdict):
                        return True
                except (TypeError, KeyError, ValueError, AttributeError):
                    return True  # not even a text: nothing explains that
        return False

    def test_a_second_validator_agrees(self) -> None:
        for topic, name in schema_check.INPUTS.items():
            fast, slow = schema_check.validator(name), python_validator(self.documents, name)
            messages = [one for example in self.documents[name]["examples"][:2] for one in single_changes(example)]
            for message in messages[::5]:
                self.assertEqual(
                    fast.is_valid(message), slow.is_valid(message), f"{topic}: {json.dumps(message)[:300]}"
                )

    def test_the_samples_are_as_they_say(self) -> None:
        refused = {}
        for topic in schema_check.INPUTS:
            for line in (ROOT / "samples" / f"{topic}.jsonl").read_text().splitlines():
                value = json.loads(line)["value"]
                if not schema_check.accepts(topic, json.dumps(value).encode()):
                    refused[value["id"]] = value["reference"]
        self.assertEqual(refused, {"request-12": "BAD-2026-0008"})


class Golden(unittest.TestCase):
    """Messages of earlier versions, which GoldenTests.swift reads with today's code."""

    FOLDER = ROOT / "Tests" / "Golden"

    def records(self, file: Path) -> Iterator[tuple[bytes, bytes, list[tuple[str, bytes | None]]]]:
        for line in file.read_text().splitlines():
            record = json.loads(line)
            headers = [(name, text.encode()) for name, text in record.get("headers", [])]
            yield record["key"].encode(), json.dumps(record["value"]).encode(), headers

    def test_todays_schemas_take_them(self) -> None:
        files = sorted(self.FOLDER.glob("v*/*.jsonl"))
        self.assertGreater(len(files), 6)
        for file in files:
            topic = "dead-letters.audit" if file.stem == "audit" else file.stem
            for key, value, headers in self.records(file):
                with self.subTest(file=file.name, key=key):
                    if topic in schema_check.INPUTS:
                        self.assertTrue(schema_check.accepts(topic, value, headers))
                    else:
                        self.assertEqual(schema_check.problems(topic, key, value, headers), [])


class Interfaces(unittest.TestCase):
    """The AsyncAPI and OpenAPI documents."""

    asyncapi: Any = yaml.safe_load((schema_check.FOLDER / "asyncapi.yaml").read_text())

    def test_the_asyncapi_document_has_the_form_of_its_specification(self) -> None:
        AsyncAPI3.model_validate(self.asyncapi)
        broken = copy.deepcopy(self.asyncapi)
        broken["operations"]["sendClaimReply"]["action"] = "publish"
        with self.assertRaises(ValueError):
            AsyncAPI3.model_validate(broken)

    def test_every_reference_leads_somewhere(self) -> None:
        documents = schema_check.documents()
        referred = set()
        for path, node in schema_nodes(self.asyncapi):
            if not isinstance(target := node.get("$ref"), str):
                continue
            if target.startswith("#/"):
                place: Any = self.asyncapi
                for name in target[2:].split("/"):
                    self.assertIn(name, place, f"{path}: {target}")
                    place = place[name]
            else:
                self.assertIn(target, documents, path)
                referred.add(target)
        unused = {name for name in documents if not name.startswith("cli/")} - referred - {"definitions.json"}
        self.assertEqual(unused, set(), "the AsyncAPI document has no message with these schemas")

    def test_every_topic_is_a_channel(self) -> None:
        text = (ROOT / "Sources/Worker/Configuration/SettingKey.swift").read_text()
        topics = set(re.findall(r'case \.\w+Topic: "(estate\.[a-z.-]+)"', text))
        self.assertGreater(len(topics), 6)
        self.assertEqual({one["address"] for one in self.asyncapi["channels"].values()}, topics)

    def test_the_openapi_document_has_the_form_of_its_specification(self) -> None:
        validate_openapi(yaml.safe_load((ROOT / "openapi" / "portal.yaml").read_text()))

    def test_the_page_of_messages_is_what_the_documents_say(self) -> None:
        page = (ROOT / "docs" / "messages.md").read_text()
        self.assertEqual(page, message_page.page(), "write it anew with scripts/message_page.py")


if __name__ == "__main__":
    unittest.main()
