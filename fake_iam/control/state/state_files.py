"""State files of earlier releases, which were dumps in JSON: read once, and kept when a store has taken them over."""

from __future__ import annotations

import os
from itertools import count
from pathlib import Path
from typing import Any, Final

from fake_iam.control.documents.files import read_file, read_text
from fake_iam.control.documents.problems import DocumentError
from fake_iam.control.state.document import FORMAT

DATABASE: Final = b"SQLite format 3\0"


def earlier_state(file: Path) -> Any | None:
    """The document in a state file of an earlier release; None if there is a database, or nothing yet.

    Raises:
        DocumentError: the file is damaged, or is no state; it is left as it is.
    """
    try:
        with file.open("rb") as opened:
            begin = opened.read(len(DATABASE))
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise DocumentError(f"{file}: {problem.strerror or problem}") from None
    if begin in (b"", DATABASE):
        return None
    try:
        document = read_text(read_file(file))
    except DocumentError as problem:
        raise DocumentError(f"{file}: {problem}; the file is left as it is") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise DocumentError(f"{file}: this is no state of fake_iam ({FORMAT}); the file is left as it is")
    return document


def new_file(file: Path) -> Path:
    """An empty file beside a state file, for the store that takes it over; what a crash has left there is gone."""
    new = file.with_name(f"{file.name}.new")
    for name in (new, *(new.with_name(f"{new.name}-{end}") for end in ("wal", "shm", "journal"))):
        name.unlink(missing_ok=True)
    os.close(os.open(new, os.O_CREAT | os.O_EXCL, 0o600))
    return new


def take_over(file: Path, new: Path) -> Path:
    """Put a new file in place of an old one, which has another name from then on: ``FILE.json.bak``.

    At every moment there is one or the other. Raises OSError.
    """
    numbers = count(1)
    kept = file.with_name(f"{file.name.removesuffix('.json')}.json.bak")
    while True:
        try:
            os.link(file, kept)
            break
        except FileExistsError:
            kept = kept.with_name(f"{file.name.removesuffix('.json')}.json.bak{next(numbers)}")
    os.replace(new, file)
    return kept
