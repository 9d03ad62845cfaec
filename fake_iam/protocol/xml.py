"""From a shape to a writer of its XML, and the envelopes for results and errors (facts, section 1)."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any, Final

from fake_iam.protocol.model import ServiceModel, Shape
from fake_iam.protocol.ordering import wire_order

DISPATCH_NAMESPACE: Final = "http://webservices.amazon.com/AWSFault/2005-15-09"
Writer = Callable[[Any, str, str, list[str]], None]

_SPECIAL: Final = re.compile('[&<>"\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]')
_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#xD;"}


def escape(text: str) -> str:
    """Text fit for an element; what XML cannot carry becomes U+FFFD. The apostrophe stays (not settled for AWS)."""
    return _SPECIAL.sub(lambda match: _ENTITIES.get(match[0], "\ufffd"), text)


def element(name: str, text: str, indent: str) -> str:
    """An element with text, or self-closing if the text is empty."""
    return f"{indent}<{name}>{escape(text)}</{name}>\n" if text else f"{indent}<{name}/>\n"


def result_body(
    namespace: str,
    operation: str,
    wrapper: str | None,
    write: Writer | None,
    result: Mapping[str, Any],
    request_id: str,
) -> bytes:
    """A success. Without a wrapper (a void operation) there is no Result element."""
    out = [f'<{operation}Response xmlns="{namespace}">\n']
    if write is not None and wrapper is not None:
        write(result, wrapper, "  ", out)
    out.append(f"  <ResponseMetadata>\n{element('RequestId', request_id, '    ')}  </ResponseMetadata>\n")
    out.append(f"</{operation}Response>\n")
    return "".join(out).encode()


def error_body(namespace: str, kind: str, code: str, message: str | None, request_id: str) -> bytes:
    """An error; ``kind`` is Sender or Receiver, no message means no Message element."""
    says = "" if message is None else element("Message", message, "    ")
    return (
        f'<ErrorResponse xmlns="{namespace}">\n  <Error>\n'
        f"{element('Type', kind, '    ')}{element('Code', code, '    ')}{says}"
        f"  </Error>\n{element('RequestId', request_id, '  ')}</ErrorResponse>\n"
    ).encode()


def writer(model: ServiceModel, shape_name: str) -> Writer:
    """A function that writes a value of the shape as an element of some name at some indent."""
    shape = model.shapes[shape_name]
    if shape.type == "structure":
        return _structure(model, shape)
    if shape.type == "list":
        assert shape.item is not None
        return _list(writer(model, shape.item))
    if shape.type == "map":
        return _map
    return _SCALARS.get(shape.type, _text)


def _text(value: Any, name: str, indent: str, out: list[str]) -> None:
    out.append(element(name, str(value), indent))


def _boolean(value: bool, name: str, indent: str, out: list[str]) -> None:
    out.append(f"{indent}<{name}>{'true' if value else 'false'}</{name}>\n")


def _timestamp(value: datetime, name: str, indent: str, out: list[str]) -> None:
    out.append(f"{indent}<{name}>{value.astimezone(timezone.utc):%Y-%m-%dT%H:%M:%SZ}</{name}>\n")


def _blob(value: bytes, name: str, indent: str, out: list[str]) -> None:
    out.append(element(name, base64.b64encode(value).decode(), indent))


_SCALARS: Final[Mapping[str, Writer]] = {"boolean": _boolean, "timestamp": _timestamp, "blob": _blob}


def _structure(model: ServiceModel, shape: Shape) -> Writer:
    shapes = {member.name: member.shape for member in shape.members}
    members = [(name, writer(model, shapes[name])) for name in wire_order(shapes)]

    def write(value: Mapping[str, Any], name: str, indent: str, out: list[str]) -> None:
        inside: list[str] = []
        for key, write_member in members:
            member = value.get(key)
            if member is not None:
                write_member(member, key, indent + "  ", inside)
        _wrap(name, indent, inside, out)

    return write


def _list(write_item: Writer) -> Writer:
    def write(value: list[Any], name: str, indent: str, out: list[str]) -> None:
        inside: list[str] = []
        for item in value:
            write_item(item, "member", indent + "  ", inside)
        _wrap(name, indent, inside, out)

    return write


def _map(value: Mapping[str, Any], name: str, indent: str, out: list[str]) -> None:
    inside: list[str] = []
    for key, item in value.items():
        entry = [element("key", key, indent + "    "), element("value", str(item), indent + "    ")]
        _wrap("entry", indent + "  ", entry, inside)
    _wrap(name, indent, inside, out)


def _wrap(name: str, indent: str, inside: list[str], out: list[str]) -> None:
    if inside:
        out.extend((f"{indent}<{name}>\n", *inside, f"{indent}</{name}>\n"))
    else:
        out.append(f"{indent}<{name}/>\n")
