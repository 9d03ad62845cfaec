"""Where and with what was measured: the machine, the versions, the date."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Final

from benchmarks.targets import TARGETS

LIBRARIES: Final = ("boto3", "botocore")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a run's figures depend on besides the code."""

    date: str
    machine: str
    system: str
    load: str
    versions: Mapping[str, str]


def surroundings() -> Surroundings:
    """Those of this run."""
    versions = {"Python": f"{platform.python_implementation()} {platform.python_version()}"}
    for name, distribution in [
        *((each.name, each.distribution) for each in TARGETS),
        *((library, library) for library in LIBRARIES),
    ]:
        try:
            versions[name] = importlib.metadata.version(distribution)
        except importlib.metadata.PackageNotFoundError:
            versions[name] = "not installed"
    return Surroundings(
        f"{datetime.now(timezone.utc):%Y-%m-%d}",
        f"{_processor()}, {os.cpu_count()} cores",
        _system(),
        _load(),
        versions,
    )


def _load() -> str:
    """How busy the machine is with other things, where that is known."""
    try:
        return f"{os.getloadavg()[0]:.1f}"
    except (AttributeError, OSError):
        return "unknown"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or "unknown processor"
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown processor"
    )


def _system() -> str:
    kernel = f"{platform.system()} {platform.release().partition('-')[0]}, {platform.machine()}"
    try:
        return f"{platform.freedesktop_os_release()['PRETTY_NAME']}, {kernel}"
    except (OSError, KeyError):
        return kernel
