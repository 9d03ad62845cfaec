"""Keeps the state in a file across restarts: written whole after every change, before the change is answered."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fake_iam.considerate import considerate
from fake_iam.control.documents.files import read_file, read_text, write_file
from fake_iam.control.documents.large import indented_text, let_go
from fake_iam.control.documents.problems import DocumentError
from fake_iam.control.state.document import FORMAT
from fake_iam.log import log
from fake_iam.pipeline.call import Call
from fake_iam.pipeline.runtime import Runtime, Step


class StateFile:
    """A file with a dump, secrets included.

    Args:
        file: where it is.
        dump: gives the present state as a document.
    """

    def __init__(self, file: Path, dump: Callable[[], dict[str, Any]]) -> None:
        self._file = file
        self._dump = dump
        self._lock = threading.Lock()

    def read(self) -> Any | None:
        """The document in the file, or None if there is no file yet.

        Raises:
            DocumentError: the file is damaged, or is no dump; it is left as it is.
        """
        if not self._file.exists():
            return None
        try:
            document = read_text(read_file(self._file))
        except DocumentError as problem:
            raise DocumentError(f"{self._file}: {problem}; the file is left as it is") from None
        if not isinstance(document, dict) or document.get("format") != FORMAT:
            raise DocumentError(f"{self._file}: this is no state of fake_iam ({FORMAT}); the file is left as it is")
        return document

    def save(self) -> None:
        """Write the present state. A file that cannot be written is an error in the log; the server goes on."""
        with self._lock, considerate():
            document = self._dump()
            try:
                write_file(self._file, indented_text(document) + "\n")
            except OSError as problem:
                log().error("cannot write the state to %s: %s", self._file, problem.strerror or problem)
            let_go(document)

    def keeping(self, execute: Step) -> Step:
        """The step ``execute``, which leaves it to the step ``save`` to write what the operation changed.

        A date of last use alone is written with the next change, or when the server stops.
        """

        def execute_and_compare(runtime: Runtime, call: Call) -> None:
            before = runtime.store.revision
            execute(runtime, call)
            if runtime.store.revision != before:
                call.unsaved = self.save

        return execute_and_compare
