"""botocore's service model as frozen shapes; reads its data files, since importing botocore costs 90 ms."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import cache, cached_property
from importlib.util import find_spec
from typing import Any, Final, Literal, NamedTuple, TypeVar

GZIP_WINDOW: Final = 16 + zlib.MAX_WBITS  # zlib's word for a gzip header
NO_AUTH: Final = "smithy.api#noAuth"
# What takes no signature, by the API reference of STS; the models of older releases do not say so.
UNSIGNED: Final = frozenset({"AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"})
Made = TypeVar("Made")


class Member(NamedTuple):
    """A member of a structure: its name on the wire, its shape's name, and whether it must be given.

    ``location`` is where in a request of a REST protocol it is, if not in the body: ``uri``, ``querystring``,
    ``header`` or ``headers``; ``located`` is what it is called there.
    """

    name: str
    shape: str
    required: bool
    location: str | None = None
    located: str = ""


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
    """An operation: the names of its input and output shapes, the codes of its errors, and whether it is unsigned.

    ``method`` and ``uri`` are its HTTP request's, which tell it from others in the REST protocols.
    """

    name: str
    input: str | None
    output: str | None
    result: str | None
    errors: tuple[str, ...]
    unsigned: bool
    method: str = "POST"
    uri: str = "/"


class _Made(Mapping[str, Made]):
    """Shapes or operations that are made when they are first asked for: a server needs a few of the hundreds."""

    def __init__(self, raw: Mapping[str, Any], make: Callable[[str, Any], Made]) -> None:
        self._raw = raw
        self._make = make
        self._made: dict[str, Made] = {}

    def __getitem__(self, name: str) -> Made:
        made = self._made.get(name)
        if made is None:
            made = self._made[name] = self._make(name, self._raw[name])
        return made

    def __iter__(self) -> Iterator[str]:
        return iter(self._raw)

    def __len__(self) -> int:
        return len(self._raw)


class ServiceModel:
    """The newest model that the installed botocore has of a service; what it says is read when it is first asked for.

    Every property raises LookupError if there is none.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    @cached_property
    def version(self) -> str:
        """The API version. botocore, too, takes it from the name of the model's folder."""
        return os.path.basename(os.path.dirname(self._file))

    @cached_property
    def signing_name(self) -> str:
        """What the scope of a signature calls the service."""
        metadata = self._document["metadata"]
        name: str = metadata.get("signingName", metadata["endpointPrefix"])
        return name

    @cached_property
    def target(self) -> str | None:
        """What stands before an operation's name in X-Amz-Target; None for a service of the Query protocol."""
        target: str | None = self._document["metadata"].get("targetPrefix")
        return target

    @cached_property
    def namespace(self) -> str:
        """That of the answers."""
        namespace: str = self._document["metadata"]["xmlNamespace"]
        return namespace

    @cached_property
    def operations(self) -> Mapping[str, OperationModel]:
        """Operations by name."""
        return _Made(self._document["operations"], self._operation)

    @cached_property
    def shapes(self) -> Mapping[str, Shape]:
        """Shapes by name."""
        return _Made(self._document["shapes"], _shape)

    @cached_property
    def error_status(self) -> Mapping[str, int]:
        """The HTTP status of each error code."""
        shapes = self._document["shapes"]
        return {
            code: shapes[shape].get("error", {}).get("httpStatusCode", 500 if shapes[shape].get("fault") else 400)
            for shape, code in self._codes.items()
        }

    @cached_property
    def sensitive(self) -> frozenset[str]:
        """The names of the members that no log may show."""
        shapes = self._document["shapes"]
        return frozenset(
            name
            for raw in shapes.values()
            for name, member in raw.get("members", {}).items()
            if shapes[member["shape"]].get("sensitive")
        )

    @cached_property
    def _file(self) -> str:
        file = model_file(self.name)
        if file is None:
            raise LookupError(f"the installed botocore has no model of {self.name}")
        return file

    @cached_property
    def _document(self) -> Any:
        with open(self._file, "rb") as file:
            data = file.read()
        return json.loads(zlib.decompress(data, GZIP_WINDOW) if self._file.endswith(".gz") else data)

    @cached_property
    def _codes(self) -> Mapping[str, str]:
        """The error codes by the names of their shapes."""
        return {
            shape: raw.get("error", {}).get("code", shape)
            for shape, raw in self._document["shapes"].items()
            if "error" in raw or raw.get("exception")
        }

    def _operation(self, name: str, raw: Mapping[str, Any]) -> OperationModel:
        output = raw.get("output", {})
        return OperationModel(
            name=name,
            input=raw.get("input", {}).get("shape"),
            output=output.get("shape"),
            result=output.get("resultWrapper"),
            errors=tuple(self._codes[error["shape"]] for error in raw.get("errors", ())),
            unsigned=raw.get("authtype") == "none" or raw.get("auth") == [NO_AUTH] or name in UNSIGNED,
            method=raw["http"]["method"],
            uri=raw["http"]["requestUri"],
        )


def data_folders() -> list[str]:
    """Where the installed botocore keeps its data files."""
    spec = find_spec("botocore")
    return [os.path.join(place, "data") for place in (spec.submodule_search_locations or ())] if spec else []


def model_file(name: str) -> str | None:
    """The file of a service's newest model, or None."""
    files = [
        os.path.join(folder, file)
        for place in data_folders()
        for folder, _, contents in os.walk(os.path.join(place, name))
        for file in contents
        if file.startswith("service-2.json")
    ]
    return max(files, default=None)


@cache
def load_service(name: Literal["iam", "sts", "resourcegroupstaggingapi"] | str) -> ServiceModel:
    """The model of a service, under the name that botocore has for it."""
    return ServiceModel(name)


def _shape(name: str, raw: Mapping[str, Any]) -> Shape:
    required = frozenset(raw.get("required", ()))
    return Shape(
        name=name,
        type=raw["type"],
        members=tuple(_member(key, value, key in required) for key, value in raw.get("members", {}).items()),
        item=(raw.get("member") or raw.get("value") or {}).get("shape"),
        key=raw.get("key", {}).get("shape"),
        enum=tuple(raw.get("enum", ())),
        min=raw.get("min"),
        max=raw.get("max"),
        pattern=raw.get("pattern"),
        sensitive=raw.get("sensitive", False),
    )


def _member(name: str, raw: Mapping[str, Any], required: bool) -> Member:
    return Member(name, raw["shape"], required, raw.get("location"), raw.get("locationName", name))
