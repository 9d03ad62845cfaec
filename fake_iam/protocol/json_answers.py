"""From a shape to a writer of its JSON, and the envelopes that clients get who accept JSON instead of XML.

The form is the one that STS was seen to answer (recorded for GetCallerIdentity and for errors): no blanks, members in
the order of the alphabet. Assumed, as other services of the Query protocol did it: what is absent in XML is null, and
a date is a number in Java's notation, such as 1.4E9.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from fake_iam.protocol.model import ServiceModel

Writer = Callable[[Any], str]
CONTENT_TYPE: Final = "application/json"


@lru_cache(maxsize=64)
def is_wanted(accept: str) -> bool:
    """Whether an Accept header prefers JSON: by name, with a weight no smaller than XML's."""
    weights: dict[str, float] = {}
    for choice in accept.lower().split(","):
        name, *parameters = (part.strip() for part in choice.split(";"))
        weights[name] = next((_weight(text[2:]) for text in parameters if text.startswith("q=")), 1.0)
    wanted = weights.get(CONTENT_TYPE, 0.0)
    return wanted > 0 and wanted >= max(weights.get("text/xml", 0.0), weights.get("application/xml", 0.0))


def envelope(
    operation: str, result: str | None, write: Writer | None
) -> Callable[[Mapping[str, Any] | None, str], bytes]:
    """A function that makes the body of a success from its result and request id.

    Without a writer (a void operation) there is no Result member; ``result`` is its name.
    """

    def body(value: Mapping[str, Any] | None, request_id: str) -> bytes:
        shown = f"{_text(result or '')}:{write(value or {})}," if write is not None else ""
        identified = f'"ResponseMetadata":{{"RequestId":{_text(request_id)}}}'
        return f"{{{_text(f'{operation}Response')}:{{{shown}{identified}}}}}".encode()

    return body


def error_body(kind: str, code: str, message: str | None, request_id: str) -> bytes:
    """An error; ``kind`` is Sender or Receiver, no message is null."""
    error = {"Code": code, "Message": message, "Type": kind}
    document = {"Error": error, "RequestId": request_id}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def writer(model: ServiceModel, shape_name: str) -> Writer:
    """A function that writes a value of the shape."""
    shape = model.shapes[shape_name]
    if shape.type == "structure":
        members = sorted((member.name, writer(model, member.shape)) for member in shape.members)
        return _structure(members)
    if shape.type == "list":
        assert shape.item is not None
        return _list(writer(model, shape.item))
    if shape.type == "map":
        return _map
    return _SCALARS.get(shape.type, _text)


def _weight(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _text(value: Any) -> str:
    return json.dumps(str(value), ensure_ascii=False)


def _boolean(value: bool) -> str:
    return "true" if value else "false"


def _timestamp(value: datetime) -> str:
    seconds = int(value.timestamp())
    return f"{seconds / 10**9!r}E9" if seconds >= 10**9 else repr(seconds)


def _blob(value: bytes) -> str:
    import base64

    return _text(base64.b64encode(value).decode())


_SCALARS: Final[Mapping[str, Writer]] = {
    "boolean": _boolean,
    "timestamp": _timestamp,
    "blob": _blob,
    "integer": str,
    "long": str,
    "float": repr,
    "double": repr,
}


def _structure(members: Sequence[tuple[str, Writer]]) -> Writer:
    def write(value: Mapping[str, Any]) -> str:
        shown = []
        for name, write_member in members:
            member = value.get(name)
            shown.append(f'"{name}":{"null" if member is None else write_member(member)}')
        return f"{{{','.join(shown)}}}"

    return write


def _list(write_item: Writer) -> Writer:
    return lambda value: f"[{','.join(map(write_item, value))}]"


def _map(value: Mapping[str, Any]) -> str:
    return f"{{{','.join(f'{_text(key)}:{json.dumps(item)}' for key, item in value.items())}}}"
