"""From a shape to a reader of JSON documents, and what answers are as JSON: the form of AWS's JSON protocol.

Recorded of the Resource Groups Tagging API (aws/aws-cli#3434 and #8109): answers have no blanks, and members in the
order of the alphabet. How a document that does not fit is refused is that of other JSON services, as dynalite has it
for DynamoDB.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from fake_iam.protocol.errors import Refusal
from fake_iam.protocol.model import ServiceModel

Reader = Callable[[Any], Any]
DOCUMENT: Final = "Document"
"""The parameter that a request's document is in, as text."""


def parser(model: ServiceModel, shape_name: str) -> Callable[[Mapping[str, str], str], dict[str, Any]]:
    """A function that reads the members of a structure out of the parameters' document; the rest of it is passed over.

    The function raises Refusal SerializationException for what is no JSON, or no value of its member's type.
    """
    read = reader(model, shape_name)

    def parse(parameters: Mapping[str, str], name: str) -> dict[str, Any]:
        try:
            document = json.loads(parameters[DOCUMENT] or "{}")
        except (ValueError, RecursionError):
            raise _misfit(None) from None
        members: dict[str, Any] = read(document)
        return members

    return parse


def reader(model: ServiceModel, shape_name: str) -> Reader:
    """A function that checks the types in a value of the shape and gives it back; null is left out."""
    shape = model.shapes[shape_name]
    if shape.type == "structure":
        return _structure({member.name: reader(model, member.shape) for member in shape.members})
    if shape.type in ("list", "map"):
        assert shape.item is not None
        return (_list if shape.type == "list" else _map)(reader(model, shape.item))
    return {"integer": _integer, "long": _integer, "boolean": _boolean}.get(shape.type, _text)


def body(value: Mapping[str, Any] | None, request_id: str = "") -> bytes:
    """A result or an error as JSON; what is None is absent. The request id is in a header alone."""
    return json.dumps(_present(value or {}), ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def _present(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _present(item) for name, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_present(item) for item in value]
    return value


def _structure(members: Mapping[str, Reader]) -> Reader:
    def read(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise _misfit("Unexpected field type")
        known = [(name, read_member) for name, read_member in members.items() if value.get(name) is not None]
        return {name: read_member(value[name]) for name, read_member in known}

    return read


def _list(read_item: Reader) -> Reader:
    def read(value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise _misfit("Unexpected field type")
        return [read_item(item) for item in value if item is not None]

    return read


def _map(read_item: Reader) -> Reader:
    def read(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise _misfit("Unexpected field type")
        return {_text(key): read_item(item) for key, item in value.items() if item is not None}

    return read


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _wrong_type(value, "String")
    return value.encode("utf-8", "replace").decode()


def _integer(value: Any) -> int:
    if type(value) is not int:
        raise _wrong_type(value, "Integer")
    return value


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _wrong_type(value, "Boolean")
    return value


def _wrong_type(value: Any, wanted: str) -> Refusal:
    if isinstance(value, list):
        return _misfit("Start of list found where not expected")
    if isinstance(value, dict):
        return _misfit("Start of structure or map found where not expected")
    kind = {str: "STRING", bool: "TRUE" if value else "FALSE", int: "NUMBER", float: "DECIMAL"}[type(value)]
    return _misfit(f"{kind}_VALUE cannot be converted to {wanted}")


def _misfit(message: str | None) -> Refusal:
    return Refusal("SerializationException", message, status=400)
