#!/usr/bin/env python3
"""Writes docs/messages.md from schemas/, so that the page says what the schemas say. A test compares them.

scripts/message_page.py
"""

from __future__ import annotations

import json
from typing import Any

import schema_check
import yaml

PAGE = schema_check.ROOT / "docs" / "messages.md"


def example(name: str, documents: dict[str, Any], of_estate: bool = False) -> list[str]:
    """The first one, or the first that is about an estate where the schema is about both."""
    examples = documents[name]["examples"]
    if of_estate:
        examples = [one for one in examples if "estate-reply" in json.dumps(one)] + examples
    text = json.dumps(examples[0], indent=2, ensure_ascii=False)
    return ["```json", *text.splitlines(), "```", ""]


def shown(one: dict[str, Any]) -> str:
    """The part of which an example is shown: what is not in another message too."""
    name = one["name"]
    return "headers" if "payload" not in one or name.endswith("Event") else "payload"


def message(one: dict[str, Any], documents: dict[str, Any]) -> list[str]:
    lines = []
    if "description" in one:
        lines += [one["description"], ""]
    for part, title in (("payload", "Value"), ("headers", "Headers")):
        if part not in one:
            continue
        name = one[part]["schema"]["$ref"]
        lines += [f"{title}: [schemas/{name}](../schemas/{name})", ""]
        if part == shown(one):
            lines += example(name, documents, one["name"].startswith("estate"))
    return lines


def page() -> str:
    """The whole page."""
    documents = schema_check.documents()
    asyncapi = yaml.safe_load((schema_check.FOLDER / "asyncapi.yaml").read_text())
    lines = [
        "<!-- Written by scripts/message_page.py from schemas/; change it there. -->",
        "",
        "# Messages",
        "",
        "What the topics hold, with an example each. The schemas have every field, and `schemas/asyncapi.yaml` binds",
        "them to topics; [schemas/README.md](../schemas/README.md) says how to read them and what no schema can say.",
        "`proklama validate` judges requests as a worker with the default settings does.",
        "[cloudevents.md](cloudevents.md) explains the events.",
        "",
        "| topic | key | what it holds |",
        "| --- | --- | --- |",
    ]
    for channel in asyncapi["channels"].values():
        first = asyncapi["components"]["messages"][next(iter(channel["messages"]))]
        binding = first["bindings"]["$ref"].rsplit("/", 1)[1]
        key = asyncapi["components"]["messageBindings"][binding]["kafka"]["key"]["description"].rstrip(".")
        anchor = channel["title"].lower().replace(" ", "-")
        lines.append(f"| [`{channel['address']}`](#{anchor}) | {key} | {channel['description']} |")
    lines.append("")
    for channel in asyncapi["channels"].values():
        lines += [f"## {channel['title']}", "", f"`{channel['address']}`. {channel['description']}", ""]
        names = list(channel["messages"])
        for name in names:
            one = asyncapi["components"]["messages"][name]
            if len(names) > 1:
                lines += [f"### {one['title']}", ""]
            lines += message(one, documents)
    lines += ["## Lines of the commands", "", "What commands print with `--json`, one object a line.", ""]
    for name, schema in documents.items():
        if name.startswith("cli/"):
            lines += [f"[schemas/{name}](../schemas/{name}): {schema['description']}", "", *example(name, documents)]
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    PAGE.write_text(page())
