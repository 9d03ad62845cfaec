"""From a shape to a writer of its XML, and the envelopes for results and errors (facts, section 1)."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timezone
from functools import lru_cache
from typing import Any, Final

from fake_iam.protocol.model import ServiceModel
from fake_iam.protocol.ordering import wire_order
from fake_iam.protocol.pieces import Body, encoded

DISPATCH_NAMESPACE: Final = "http://webservices.amazon.com/AWSFault/2005-15-09"
PIECE: Final = 3 * 2**10
"""Bytes of a blob that are written at a time, a multiple of three."""
Blob = bytes | Sequence[bytes]
"""Bytes, or parts of them that come one behind the other."""
Writer = Callable[[Any, list[str]], None]

_SPECIAL: Final = re.compile('[&<>"\r\x00-\x08\x0b\x0c\x0e-\x1f]')
_BEYOND_XML: Final = "[\ud800-\udfff\ufffe\uffff]"  # of what is not ASCII
_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#xD;"}


def escape(text: str) -> str:
    """Text fit for an element; what XML cannot carry becomes U+FFFD. The apostrophe stays (not settled for AWS)."""
    if not text.isascii():
        text = re.sub(_BEYOND_XML, "\ufffd", text)
    if _SPECIAL.search(text) is None:
        return text
    return _SPECIAL.sub(lambda match: _ENTITIES.get(match[0], "\ufffd"), text)


def element(name: str, text: str, indent: str) -> str:
    """An element with text, or self-closing if the text is empty."""
    return f"{indent}<{name}>{escape(text)}</{name}>\n" if text else f"{indent}<{name}/>\n"


def envelope(namespace: str, operation: str, write: Writer | None) -> Callable[[Mapping[str, Any] | None, str], Body]:
    """A function that makes the body of a success from its result and request id.

    Without a writer (a void operation) there is no Result element.
    """
    start, end = f'<{operation}Response xmlns="{namespace}">\n', f"</{operation}Response>\n"

    def body(result: Mapping[str, Any] | None, request_id: str) -> Body:
        out = [start]
        if write is not None:
            write(result or {}, out)
        out.append(f"  <ResponseMetadata>\n    <RequestId>{request_id}</RequestId>\n  </ResponseMetadata>\n{end}")
        return encoded(out)

    return body


def error_body(namespace: str, kind: str, code: str, message: str | None, request_id: str) -> bytes:
    """An error; ``kind`` is Sender or Receiver, no message means no Message element."""
    says = "" if message is None else element("Message", message, "    ")
    return (
        f'<ErrorResponse xmlns="{namespace}">\n  <Error>\n'
        f"{element('Type', kind, '    ')}{element('Code', code, '    ')}{says}"
        f"  </Error>\n{element('RequestId', request_id, '  ')}</ErrorResponse>\n"
    ).encode()


def writer(model: ServiceModel, shape_name: str, name: str, indent: str) -> Writer:
    """A function that adds a value of the shape to what is written: as an element of that name, at that indent."""
    shape = model.shapes[shape_name]
    inner = f"{indent}  "
    if shape.type == "structure":
        shapes = {member.name: member.shape for member in shape.members}
        members = [(key, _member(model, shape_name, key, shapes[key], inner)) for key in wire_order(shapes)]
        return _structure(members, name, indent)
    if shape.type == "list":
        assert shape.item is not None
        return _list(writer(model, shape.item, "member", inner), name, indent)
    if shape.type == "map":
        entry = [(key, _scalar(_text, key, f"{inner}  ")) for key in ("key", "value")]
        return _map(_structure(entry, "entry", inner), name, indent)
    if shape.type == "blob":
        return _blob(name, indent)
    return _scalar(_TEXTS.get(shape.type, _text), name, indent)


def _member(model: ServiceModel, owner: str, name: str, shape_name: str, indent: str) -> Writer:
    fine = name in _FINE_EVERYWHERE or (owner, name) in _FINE
    return _scalar(_fine_timestamp, name, indent) if fine else writer(model, shape_name, name, indent)


def _text(value: Any) -> str:
    return escape(str(value))


def _boolean(value: bool) -> str:
    return "true" if value else "false"


@lru_cache(maxsize=128)
def _timestamp(value: datetime) -> str:
    """Kept for the moments that are shown again and again; to write one costs more than the rest of a key's line."""
    moment = value if value.tzinfo is timezone.utc else value.astimezone(timezone.utc)
    return f"{moment.isoformat('T', 'seconds')[:19]}Z"


def _fine_timestamp(value: datetime) -> str:
    return f"{value.astimezone(timezone.utc).isoformat('T', 'milliseconds')[:23]}Z"


def base64_text(value: Blob) -> str:
    """Base64 without line breaks."""
    return "".join(base64_pieces(value))


def base64_pieces(value: Blob) -> Iterator[str]:
    """The same in pieces: other threads need not wait for all of a long one."""
    rest = b""
    for part in [value] if isinstance(value, bytes) else value:
        data = rest + part
        whole = len(data) - len(data) % 3
        for start in range(0, whole, PIECE):
            yield base64.b64encode(data[start : min(start + PIECE, whole)]).decode()
        rest = data[whole:]
    yield base64.b64encode(rest).decode()


# The dates with milliseconds: of the jobs of access advisor, as AWS's own published output shows them, and of a
# provider that is asked for alone (cloud-custodian's recordings of 2023 and 2025; in a list it has whole seconds).
_FINE_EVERYWHERE: Final = {"JobCreationDate", "JobCompletionDate"}
_FINE: Final = {
    ("GetOpenIDConnectProviderResponse", "CreateDate"),
    ("GetSAMLProviderResponse", "CreateDate"),
    ("GetSAMLProviderResponse", "ValidUntil"),
}
_TEXTS: Final[Mapping[str, Callable[[Any], str]]] = {"boolean": _boolean, "timestamp": _timestamp}


def _scalar(text_of: Callable[[Any], str], name: str, indent: str) -> Writer:
    """``text_of`` gives text that is fit for an element."""
    start, end, empty = _tags(name, "", indent)

    def write(value: Any, out: list[str]) -> None:
        text = text_of(value)
        out.append(f"{start}{text}{end}" if text else empty)

    return write


def _blob(name: str, indent: str) -> Writer:
    start, end, empty = _tags(name, "", indent)

    def write(value: Blob, out: list[str]) -> None:
        out += [start, *base64_pieces(value), end] if value else [empty]

    return write


def _structure(members: Sequence[tuple[str, Writer]], name: str, indent: str) -> Writer:
    start, end, empty = _tags(name, indent, indent)

    def write(value: Mapping[str, Any], out: list[str]) -> None:
        place = len(out)
        out.append(f"{start}\n")
        for key, write_member in members:
            member = value.get(key)
            if member is not None:
                write_member(member, out)
        if len(out) > place + 1:
            out.append(end)
        else:
            out[place] = empty

    return write


def _list(write_item: Writer, name: str, indent: str) -> Writer:
    start, end, empty = _tags(name, indent, indent)

    def write(value: list[Any], out: list[str]) -> None:
        if not value:
            out.append(empty)
            return
        out.append(f"{start}\n")
        for item in value:
            write_item(item, out)
        out.append(end)

    return write


def _map(write_entry: Writer, name: str, indent: str) -> Writer:
    write_entries = _list(write_entry, name, indent)

    def write(value: Mapping[str, Any], out: list[str]) -> None:
        write_entries([{"key": key, "value": item} for key, item in value.items()], out)

    return write


def _tags(name: str, closing_indent: str, indent: str) -> tuple[str, str, str]:
    """How an element begins and ends, and how it looks if it is empty."""
    return f"{indent}<{name}>", f"{closing_indent}</{name}>\n", f"{indent}<{name}/>\n"
