"""botocore's service model as frozen shapes; reads its data files, since importing botocore costs 90 ms."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from typing import Any, Final, Literal, NamedTuple

GZIP_WINDOW: Final = 16 + zlib.MAX_WBITS  # zlib's word for a gzip header


class Member(NamedTuple):
    """A member of a structure: its name on the wire, its shape's name, and whether it must be given."""

    name: str
    shape: str
    required: bool


class Shape(NamedTuple):
    """A shape as the model has it; what a kind of shape lacks is empty or None."""

    name: str
    type: str
    members: tuple[Member, ...] = ()
    item: str | None = None
    key: str | None = None
    enum: tuple[str, ...] = ()
    min: int | None = None
    max: int | None = None
    pattern: str | None = None
    sensitive: bool = False


class OperationModel(NamedTuple):
    """An operation: the names of its input and output shapes and the codes of its errors."""

    name: str
    input: str | None
    output: str | None
    result: str | None
    errors: tuple[str, ...]


class ServiceModel:
    """A service: operations and shapes by name, and the HTTP status of each error code.

    ``sensitive`` are the names of the members that no log may show.
    """

    __slots__ = ("name", "version", "namespace", "operations", "shapes", "error_status", "sensitive")

    def __init__(
        self,
        *,
        name: str,
        version: str,
        namespace: str,
        operations: Mapping[str, OperationModel],
        shapes: Mapping[str, Shape],
        error_status: Mapping[str, int],
        sensitive: frozenset[str],
    ) -> None:
        self.name = name
        self.version = version
        self.namespace = namespace
        self.operations = operations
        self.shapes = shapes
        self.error_status = error_status
        self.sensitive = sensitive


class _Shapes(Mapping[str, Shape]):
    """Shapes that are made when they are first asked for: a server needs a few of the hundreds."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self._raw = raw
        self._made: dict[str, Shape] = {}

    def __getitem__(self, name: str) -> Shape:
        shape = self._made.get(name)
        if shape is None:
            shape = self._made[name] = _shape(name, self._raw[name])
        return shape

    def __iter__(self) -> Iterator[str]:
        return iter(self._raw)

    def __len__(self) -> int:
        return len(self._raw)


@cache
def load_service(name: Literal["iam", "sts"] | str) -> ServiceModel:
    """The newest model that the installed botocore has of a service. Raises LookupError if it has none."""
    document = _read(name)
    raw_shapes: dict[str, Any] = document["shapes"]
    errors = {shape: raw["error"] for shape, raw in raw_shapes.items() if "error" in raw}
    codes = {shape: error.get("code", shape) for shape, error in errors.items()}
    for shape, raw in raw_shapes.items():
        if raw.get("exception"):
            codes.setdefault(shape, shape)
    return ServiceModel(
        name=name,
        version=document["metadata"]["apiVersion"],
        namespace=document["metadata"]["xmlNamespace"],
        operations={key: _operation(key, raw, codes) for key, raw in document["operations"].items()},
        shapes=_Shapes(raw_shapes),
        error_status={codes[shape]: error.get("httpStatusCode", 400) for shape, error in errors.items()},
        sensitive=frozenset(
            name
            for raw in raw_shapes.values()
            for name, member in raw.get("members", {}).items()
            if raw_shapes[member["shape"]].get("sensitive")
        ),
    )


def _read(name: str) -> Any:
    spec = find_spec("botocore")
    places = list(spec.submodule_search_locations or ()) if spec else []
    files = sorted(
        os.path.join(folder, file)
        for place in places
        for folder, _, contents in os.walk(os.path.join(place, "data", name))
        for file in contents
        if file.startswith("service-2.json")
    )
    if not files:
        raise LookupError(f"the installed botocore has no model of {name}")
    with open(files[-1], "rb") as file:
        data = file.read()
    return json.loads(zlib.decompress(data, GZIP_WINDOW) if files[-1].endswith(".gz") else data)


def _operation(name: str, raw: dict[str, Any], codes: dict[str, str]) -> OperationModel:
    output = raw.get("output", {})
    return OperationModel(
        name=name,
        input=raw.get("input", {}).get("shape"),
        output=output.get("shape"),
        result=output.get("resultWrapper"),
        errors=tuple(codes[error["shape"]] for error in raw.get("errors", ())),
    )


def _shape(name: str, raw: dict[str, Any]) -> Shape:
    required = frozenset(raw.get("required", ()))
    return Shape(
        name=name,
        type=raw["type"],
        members=tuple(Member(key, value["shape"], key in required) for key, value in raw.get("members", {}).items()),
        item=(raw.get("member") or raw.get("value") or {}).get("shape"),
        key=raw.get("key", {}).get("shape"),
        enum=tuple(raw.get("enum", ())),
        min=raw.get("min"),
        max=raw.get("max"),
        pattern=raw.get("pattern"),
        sensitive=raw.get("sensitive", False),
    )
