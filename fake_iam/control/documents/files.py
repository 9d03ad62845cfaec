"""Reads YAML and JSON as people write them, naming the line of a bad field; writes a file whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, TypeVar

from fake_iam.control.documents.problems import DocumentError, FormatError, Where

T = TypeVar("T")
MOST_NODES: Final = 2_000_000


def read_text(text: str) -> Any:
    """What a JSON or YAML text says. In YAML, keys are always text. Raises DocumentError."""
    if text.lstrip()[:1] in ("{", "["):
        try:
            return json.loads(text, object_pairs_hook=_unique)
        except json.JSONDecodeError as problem:
            raise DocumentError(f"line {problem.lineno}: this is no JSON: {problem.msg}") from None
        except RecursionError:
            raise DocumentError("this is nested too deeply") from None
    return _read_yaml(text, {})


def use_text(text: str, use: Callable[[Any], T], name: str = "") -> T:
    """Read a text and hand it to ``use``; a FormatError becomes a DocumentError that names file, line and field."""
    start = f"{name}: " if name else ""
    try:
        return use(read_text(text))
    except FormatError as problem:
        line = _line_of(text, problem.where)
        at = f"line {line}: " if line else ""
        raise DocumentError(f"{start}{at}{problem}") from None
    except DocumentError as problem:
        raise DocumentError(f"{start}{problem}") from None


def read_file(file: Path) -> str:
    """A file's text. Raises DocumentError."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as problem:
        raise DocumentError(f"{file}: {problem.strerror or problem}") from None
    except UnicodeDecodeError:
        raise DocumentError(f"{file}: this is no UTF-8 text") from None


def write_file(file: Path, text: str) -> None:
    """Put a text in place of a file in one step: after a crash it holds the old text or the new. Raises OSError."""
    import tempfile  # takes its time, and most servers write no file

    handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        os.replace(temporary, file)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise DocumentError(f"the field {twice!r} is given twice in one mapping")
    return found


def _line_of(text: str, where: Where) -> int | None:
    """The line of a field, or of the nearest thing around it."""
    lines: dict[Where, int] = {}
    try:
        _read_yaml(text, lines)
    except DocumentError:
        return None  # JSON that is no YAML
    return next((lines[where[:size]] for size in range(len(where), -1, -1) if where[:size] in lines), None)


def _read_yaml(text: str, lines: dict[Where, int]) -> Any:
    import yaml

    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        return None if node is None else _YamlReader(loader, lines).value(node, ())
    except DocumentError:
        raise
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        at = f"line {mark.line + 1}: " if mark else ""
        raise DocumentError(f"{at}this is no YAML: {problem.problem}") from None
    except (yaml.YAMLError, ValueError) as problem:
        raise DocumentError(f"this is no YAML: {str(problem).splitlines()[0]}") from None
    except RecursionError:
        raise DocumentError("this is nested too deeply") from None


class _YamlReader:
    """Builds values from YAML's nodes, noting the line of each."""

    def __init__(self, loader: Any, lines: dict[Where, int]) -> None:
        self._loader = loader
        self._lines = lines
        self._nodes = 0

    def value(self, node: Any, where: Where) -> Any:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise DocumentError(f"this is too large: more than {MOST_NODES} values")
        self._lines[where] = node.start_mark.line + 1
        if node.id == "sequence":
            return [self.value(item, (*where, number)) for number, item in enumerate(node.value)]
        if node.id == "mapping":
            return self._mapping(node, where)
        return self._loader.construct_object(node)

    def _mapping(self, node: Any, where: Where) -> dict[str, Any]:
        self._loader.flatten_mapping(node)
        found: dict[str, Any] = {}
        for key, item in node.value:
            line = key.start_mark.line + 1
            if key.id != "scalar":
                raise DocumentError(f"line {line}: a key must be text")
            if key.value in found:
                raise DocumentError(f"line {line}: the field {key.value!r} is given twice in one mapping")
            found[key.value] = self.value(item, (*where, key.value))
            self._lines[(*where, key.value)] = line
        return found
