"""From a shape to a writer of its JSON, and the envelopes that clients get who accept JSON instead of XML.

The form is the one that STS was seen to answer (recorded for GetCallerIdentity and for errors): no blanks, members in
the order of the alphabet. As other services of the Query protocol were recorded (Elastic Beanstalk in dreyou/ebstarter,
SNS in aws-samples/serverless-patterns): what is absent in XML is null, a void answer has its metadata alone, and a date
is a number in Java's notation, such as 1.4E9. Assumed: a map is a plain object, a blob is base64.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from fake_iam.protocol.model import ServiceModel
from fake_iam.protocol.xml import base64_text

Writer = Callable[[Any], str]
CONTENT_TYPE: Final = "application/json"
WILDCARDS: Final = ("*/*", "text/*", "application/*")
WHOLE: Final = 10_000_000  # from here on Java writes a double with an exponent


@lru_cache(maxsize=64)
def is_wanted(accept: str) -> bool:
    """Whether an Accept header prefers JSON: by name, with a weight no smaller than that of XML or of anything else."""
    weights: dict[str, float] = {}
    for choice in accept.lower().split(","):
        name, *parameters = (part.strip() for part in choice.split(";"))
        weights[name] = next((_weight(text[2:]) for text in parameters if text.startswith("q=")), 1.0)
    wanted = weights.get(CONTENT_TYPE, 0.0)
    others = [weights[name] for name in ("text/xml", "application/xml") if name in weights]
    return wanted > 0 and wanted >= max(others or [weights.get(name, 0.0) for name in WILDCARDS])


def envelope(
    operation: str, result: str | None, write: Writer | None
) -> Callable[[Mapping[str, Any] | None, str], bytes]:
    """A function that makes the body of a success from its result and request id.

    Without a writer (a void operation) there is no Result member; ``result`` is its name.
    """

    def body(value: Mapping[str, Any] | None, request_id: str) -> bytes:
        members = [f'"ResponseMetadata":{{"RequestId":{_text(request_id)}}}']
        if write is not None:
            members.append(f'"{result}":{write(value or {})}')
        return f"{{{_text(f'{operation}Response')}:{{{','.join(sorted(members))}}}}}".encode()

    return body


def error_body(kind: str, code: str, message: str | None, request_id: str) -> bytes:
    """An error; ``kind`` is Sender or Receiver, no message is null."""
    said = "null" if message is None else _text(message)
    error = f'{{"Code":{_text(code)},"Message":{said},"Type":{_text(kind)}}}'
    return f'{{"Error":{error},"RequestId":{_text(request_id)}}}'.encode()


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


def _text(value: str) -> str:
    """A string; what UTF-8 cannot carry becomes U+FFFD."""
    if not value.isascii():
        value = re.sub("[\ud800-\udfff]", "\ufffd", value)
    return json.dumps(value, ensure_ascii=False)


def _boolean(value: bool) -> str:
    return "true" if value else "false"


def _timestamp(value: datetime) -> str:
    """The seconds as Java writes a double: ``1.767323045E9``. Milliseconds are left out, as in XML (assumed)."""
    seconds = int(value.timestamp() // 1)
    if abs(seconds) < WHOLE:
        return f"{seconds}.0"
    sign, digits = "-" if seconds < 0 else "", str(abs(seconds))
    return f"{sign}{digits[0]}.{digits[1:].rstrip('0') or '0'}E{len(digits) - 1}"


def _blob(value: bytes) -> str:
    return _text(base64_text(value))


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
