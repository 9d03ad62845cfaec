"""Other people's programs, run in a place where they find nothing of this machine's configuration."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 120.0  # seconds
KEPT = ("PATH", "TMPDIR", "SYSTEMROOT", "LANG", "PYENV_ROOT", "PYENV_VERSION")


@dataclass(frozen=True)
class Outcome:
    """What a finished program leaves behind."""

    status: int
    out: str
    err: str


def find_program(name: str) -> str | None:
    """Where a program is that is installed beside this Python: one on the PATH could be of any release."""
    return shutil.which(name, path=str(Path(sys.executable).parent))


def isolated(home: Path, **variables: str) -> dict[str, str]:
    """An environment with an empty home directory, and no settings but these variables."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {
        **kept,
        "HOME": str(home),
        "AWS_CONFIG_FILE": str(home / "no-config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(home / "no-credentials"),
        "AWS_EC2_METADATA_DISABLED": "true",
        **variables,
    }


def run(*command: str, at: Path, environment: dict[str, str], patience: float = PATIENCE) -> Outcome:
    """Run a program to its end."""
    done = subprocess.run(
        command, cwd=at, env=environment, capture_output=True, text=True, timeout=patience, stdin=subprocess.DEVNULL
    )
    return Outcome(done.returncode, done.stdout, done.stderr)
