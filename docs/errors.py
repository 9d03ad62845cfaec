"""The page of errors, from the classes of errors and the service models."""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Final

from fake_iam import domain
from fake_iam.domain.errors import ServiceError
from fake_iam.pipeline.implemented import Implemented
from fake_iam.pipeline.statuses import STATUSES
from fake_iam.protocol.model import ServiceModel, load_service
from fake_iam.services.iam import IAM
from fake_iam.services.resourcegroupstaggingapi import TAGGING
from fake_iam.services.sts import STS

NAMED: Final = 6  # operations; a longer list is counted instead
SERVICES: Final = (IAM, STS, TAGGING)


def table() -> str:
    """A row for each code: its HTTP status, what it means, and which operations list it in their model."""
    models = [load_service(service.name) for service in SERVICES]
    meanings = {error.code: _meaning(error) for error in sorted(_classes(), key=lambda error: error.__name__)}
    rows = ["| code | status | means | modelled for |", "| --- | ---: | --- | --- |"]
    for code, meaning in sorted(meanings.items(), key=lambda item: item[0].lower()):
        rows.append(f"| `{code}` | {_status(code, models)} | {meaning} | {_operations(code, models)} |")
    return "\n".join(rows)


def _classes(below: type[ServiceError] = ServiceError) -> Iterator[type[ServiceError]]:
    for module in pkgutil.walk_packages(domain.__path__, f"{domain.__name__}."):
        import_module(module.name)
    for error in below.__subclasses__():
        yield error
        yield from _classes(error)


def _meaning(error: type[ServiceError]) -> str:
    return " ".join((inspect.getdoc(error) or "").split("\n\n")[0].split())


def _status(code: str, models: list[ServiceModel]) -> int:
    return next((model.error_status[code] for model in models if code in model.error_status), STATUSES.get(code, 400))


def _operations(code: str, models: list[ServiceModel]) -> str:
    names = sorted(
        name
        for model, service in zip(models, SERVICES, strict=True)
        for name in Implemented(model, service).operations
        if code in model.operations[name].errors
    )
    if len(names) > NAMED:
        return f"{len(names)} operations"
    return ", ".join(f"[{name}](operations.md#{name.lower()})" for name in names) or "none"
