"""Imported first by each program: goes on in the Python of .venv, which `scripts/setup python` makes, where it must."""

import importlib.util
import os
import sys
from pathlib import Path

if importlib.util.find_spec("confluent_kafka") is None:
    _venv = Path(__file__).resolve().parent.parent / ".venv"
    if Path(sys.prefix).resolve() == _venv or not (_venv / "bin" / "python").exists():
        sys.exit(f"{Path(sys.argv[0]).name}: no confluent-kafka here; run `scripts/setup python` first")
    os.execv(_venv / "bin" / "python", [str(_venv / "bin" / "python"), *sys.argv])
