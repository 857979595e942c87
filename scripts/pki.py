"""Certificates for a run, made with the openssl program: two authorities, servers of each, and clients of the first."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from machine import Failure

_NAMES = "subjectAltName=DNS:localhost,IP:127.0.0.1"


class Authorities:
    """`ours` and `other` are authorities; `server` and `client` are theirs, `client-2` and `server-other` too."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        for name in ("ours", "other"):
            self._run("req", "-x509", *self._key(name), "-out", f"{name}.pem", "-days", "2", "-subj", f"/CN=Run {name}")
        self._issue("server", "ours", _NAMES)
        self._issue("server-other", "other", _NAMES)
        # Two certificates of one organisation, of which the second takes the place of the first.
        self._issue("client", "ours", "keyUsage=digitalSignature")
        self._issue("client-2", "ours", "keyUsage=digitalSignature")

    def file(self, name: str) -> Path:
        return self.directory / name

    def put(self, source: str, target: str) -> None:
        """Puts certificate and key in the place of others, each at once, as configuration management does."""
        for ending in ("key", "pem"):
            fresh = self.file(f"{target}.{ending}.new")
            shutil.copyfile(self.file(f"{source}.{ending}"), fresh)
            fresh.replace(self.file(f"{target}.{ending}"))

    def secrets(self) -> list[str]:
        """The lines of all private keys."""
        lines = []
        for file in sorted(self.directory.glob("*.key")):
            lines += [line for line in file.read_text().splitlines() if len(line) > 30 and "PRIVATE" not in line]
        return lines

    def _key(self, name: str) -> list[str]:
        return ["-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key"]

    def _issue(self, name: str, authority: str, extension: str) -> None:
        self._run("req", *self._key(name), "-out", f"{name}.csr", "-subj", f"/CN=Run {name}")
        self.file(f"{name}.ext").write_text(extension)
        signer = ["-CA", f"{authority}.pem", "-CAkey", f"{authority}.key", "-CAcreateserial"]
        command = ["x509", "-req", "-in", f"{name}.csr", *signer, "-days", "2", "-extfile", f"{name}.ext"]
        self._run(*command, "-out", f"{name}.pem")

    def _run(self, *arguments: str) -> None:
        ended = subprocess.run(["openssl", *arguments], cwd=self.directory, capture_output=True, text=True, timeout=60)
        if ended.returncode:
            raise Failure(f"openssl {' '.join(arguments)}:\n{ended.stderr}")
