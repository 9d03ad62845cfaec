"""Operations as a test names them: by name, by service and name, or by a glob over either."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from fake_iam.control.documents.problems import FormatError
from fake_iam.protocol.model import ServiceModel


def names_operation(pattern: str, service: str, operation: str) -> bool:
    """Whether the pattern names that operation: ``UpdateAccessKey``, ``*AccessKey*``, ``iam:Update*``."""
    return fnmatchcase(operation, pattern) or fnmatchcase(f"{service}:{operation}", pattern)


def operations_named(models: Iterable[ServiceModel], pattern: str) -> list[tuple[ServiceModel, str]]:
    """Every operation of the models that the pattern names.

    Raises:
        FormatError: there is none; the text has the nearest name.
    """
    found = [(model, name) for model, name in _every(models) if names_operation(pattern, model.name, name)]
    if not found:
        near = difflib.get_close_matches(pattern, [name for _, name in _every(models)], 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise FormatError(("operation",), f"{pattern!r} is no operation of IAM, STS or the Tagging API{hint}")
    return found


def _every(models: Iterable[ServiceModel]) -> Iterator[tuple[ServiceModel, str]]:
    return ((model, name) for model in models for name in model.operations)
