"""The figures that are kept, each with the machine and the day it was measured: benchmarks/results.json."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).with_name("results.json")


def keep(values: Mapping[str, Any], where: Mapping[str, str]) -> None:
    """Write figures in the place of those of the same names."""
    kept = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.is_file() else {}
    date = f"{datetime.now(UTC):%Y-%m-%d}"
    for key, value in values.items():
        rounded = round(value, 3) if isinstance(value, float) else value
        kept[key] = {"value": rounded, "machine": dict(where), "date": date}
    RESULTS.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
