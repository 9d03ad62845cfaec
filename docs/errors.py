"""The page of errors, from the classes of errors and the service models."""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Final

from fake_iam import domain
from fake_iam.domain.errors import ServiceError
from fake_iam.pipeline.implemented import Implemented
from fake_iam.pipeline.statuses import STATUSES
from fake_iam.served import implemented_services, implemented_targets

NAMED: Final = 6  # operations; a longer list is counted instead


def table() -> str:
    """A row for each code: its HTTP status, what it means, and which operations list it in their model."""
    for module in pkgutil.walk_packages(domain.__path__, f"{domain.__name__}."):
        import_module(module.name)
    services = (*implemented_services().values(), *implemented_targets())
    errors = sorted(_below(ServiceError), key=lambda error: error.__name__)
    meanings = {error.code: _meaning(error) for error in errors}
    rows = ["| code | status | means | modelled for |", "| --- | ---: | --- | --- |"]
    for code, meaning in sorted(meanings.items(), key=lambda item: item[0].lower()):
        rows.append(f"| `{code}` | {_status(code, services)} | {meaning} | {_operations(code, services)} |")
    return "\n".join(rows)


def _below(error: type[ServiceError]) -> Iterator[type[ServiceError]]:
    for kind in error.__subclasses__():
        yield kind
        yield from _below(kind)


def _meaning(error: type[ServiceError]) -> str:
    return " ".join((inspect.getdoc(error) or "").split("\n\n")[0].split())


def _status(code: str, services: Sequence[Implemented]) -> int:
    modelled = (known.model.error_status.get(code) for known in services)
    return next(filter(None, modelled), STATUSES.get(code, 400))


def _operations(code: str, services: Sequence[Implemented]) -> str:
    names = sorted(
        name for known in services for name in known.operations if code in known.model.operations[name].errors
    )
    if len(names) > NAMED:
        return f"{len(names)} operations"
    return ", ".join(f"[{name}](operations.md#{name.lower()})" for name in names) or "none"
