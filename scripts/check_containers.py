#!/usr/bin/env python3
"""Checks docker-compose.yml against the compose specification, and the Dockerfile for the usual slips.

No container is built or started. Usage: scripts/check_containers.py
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import yaml
from compose_spec import PyCompose

ROOT = Path(__file__).resolve().parent.parent


def compose_problems(text: str) -> list[str]:
    document = yaml.safe_load(text)  # with its merge keys (<<) resolved, which the validator does not do
    try:
        PyCompose.from_json(json.dumps(document))
    except ValueError as error:
        return [f"docker-compose.yml: {error}"]
    services, volumes = document["services"], document.get("volumes", {})
    problems = []
    for name, service in services.items():
        where = f"docker-compose.yml: {name}"
        if "image" not in service and "build" not in service:
            problems.append(f"{where} has neither image nor build")
        if not re.search(r":[^:/]+$", service.get("image", ":1")) or service.get("image", "").endswith(":latest"):
            problems.append(f"{where}: the image has no version")
        for other, condition in service.get("depends_on", {}).items():
            if other not in services:
                problems.append(f"{where} depends on {other}, which is not there")
            elif condition["condition"] == "service_healthy" and "healthcheck" not in services[other]:
                problems.append(f"{where} waits for the health of {other}, which has no check")
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if not source.startswith((".", "/")) and source not in volumes:
                problems.append(f"{where}: volume {source} is not declared")
    return problems


def dockerfile_problems(text: str) -> list[str]:
    lines = text.replace("\\\n", " ").splitlines()
    instructions = [line.split(None, 1) for line in lines if line.strip() and not line.startswith("#")]
    problems = []
    stages: set[str] = set()
    user = ""
    for name, *rest in instructions:
        value = rest[0] if rest else ""
        match name:
            case "FROM":
                image, *stage = re.split(r"\s+AS\s+", value)
                if image not in stages and (":" not in image or image.endswith(":latest")):
                    problems.append(f"the image {image} has no version")
                stages |= set(stage)
                user = ""
            case "RUN":
                if "apt-get install" in value and "--no-install-recommends" not in value:
                    problems.append("apt-get install without --no-install-recommends")
                if "apt-get update" in value and "rm -rf /var/lib/apt/lists" not in value:
                    problems.append("the package lists stay in a layer")
            case "COPY":
                source = re.match(r"--from=(\S+)", value)
                if source and source[1] not in stages:
                    problems.append(f"COPY from the unknown stage {source[1]}")
            case "ADD":
                problems.append("ADD where COPY does")
            case "USER":
                user = value
            case "CMD" | "ENTRYPOINT":
                if not value.startswith("["):
                    problems.append(f"{name} is not in exec form")
            case "ARG" | "ENV" | "WORKDIR" | "EXPOSE" | "LABEL" | "HEALTHCHECK" | "STOPSIGNAL":
                pass
            case _:
                problems.append(f"unknown instruction {name}")
    if user in ("", "root", "0"):
        problems.append("the last stage runs as root")
    return [f"Dockerfile: {problem}" for problem in problems]


def main() -> int:
    if len(sys.argv) > 1:
        print(__doc__)
        return 0 if sys.argv[1] in ("-h", "--help") else 64
    problems = compose_problems((ROOT / "docker-compose.yml").read_text())
    problems += dockerfile_problems((ROOT / "Dockerfile").read_text())
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
