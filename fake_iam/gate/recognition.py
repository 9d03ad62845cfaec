"""What a request to another service asks for: service, operation, and its members as far as they can be read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import unquote_plus

from fake_iam.gate import routes
from fake_iam.protocol import cbor
from fake_iam.protocol.catalogue import Described, described, every_service, signing_for, targeted
from fake_iam.protocol.model import load_service
from fake_iam.protocol.wire import WireRequest

S3: Final = "s3"
S3_CONTROL: Final = "s3control"
S3_CONTROL_PATH: Final = "/v20180820/"
FORM: Final = "application/x-www-form-urlencoded"
CBOR: Final = "rpc-v2-cbor"
CBOR_PATH: Final = re.compile(r"/service/([^/]+)/operation/([^/]+)")
ITEM: Final = re.compile(r"(\w+)\.(?:\w+\.)?\d+", re.ASCII)
VIRTUAL_HOST: Final = re.compile(r"(.+?)\.(?:s3(?:[.-].+)?|localhost)(?::\d+)?", re.ASCII | re.IGNORECASE)
"""The host of a bucket: ``bucket.s3.amazonaws.com``, ``bucket.s3.localhost.localstack.cloud``, ``bucket.localhost``."""


class Asked(NamedTuple):
    """A request as far as it is understood.

    ``service`` is None if botocore does not know who signs for that name, ``operation`` if it does not know the
    request. ``query`` has the query's parameters, ``members`` the operation's. ``form`` is the protocol that the
    request is written in, in which it is to be answered.
    """

    signing_name: str
    service: Described | None
    operation: str | None
    query: Mapping[str, str]
    members: Mapping[str, Any]
    form: str

    @property
    def is_open(self) -> bool:
        """Whether the operation takes no signature."""
        if self.service is None or self.operation is None:
            return False
        return load_service(self.service.name).operations[self.operation].unsigned


def recognized(request: WireRequest, signing_name: str) -> Asked:
    """What a request asks for that is signed for a name; for none if that is empty. Its body may be left out."""
    query = dict(_pairs(request.query)) if request.query else {}
    named = named_service(request)
    if named is not None:
        form = CBOR if "smithy-protocol" in request.headers else "json"
        return _targeted(*named, signing_name, query, _document(request, form), form)
    form_fields = parameters_of(request)
    if request.path == "/" and "Action" in form_fields:
        return _action(signing_name, query, form_fields)
    return _rest(request, signing_name, query)


def named_service(request: WireRequest) -> tuple[str, str] | None:
    """Service and operation as a request names them outside of its body; None if it does not."""
    if request.headers.get("smithy-protocol") == CBOR:
        parts = CBOR_PATH.fullmatch(request.path)
        return (parts[1], parts[2]) if parts is not None else ("", "")
    if "x-amz-target" in request.headers:
        target, _, operation = request.headers["x-amz-target"].rpartition(".")
        return target, operation
    return None


def parameters_of(request: WireRequest) -> dict[str, str]:
    """The parameters of the Query protocol: those of the query, and of a form."""
    query = dict(_pairs(request.query)) if request.query else {}
    return {**query, **dict(_pairs(request.body.decode("latin-1")))} if is_form(request) else query


def is_form(request: WireRequest) -> bool:
    """Whether the body is a form of the Query protocol."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return request.method == "POST" and request.path == "/" and kind == FORM


def path_style(request: WireRequest) -> str:
    """The path of a request to S3 with the bucket in it, though it may be in the host's name."""
    host = VIRTUAL_HOST.fullmatch(request.headers.get("host", ""))
    return request.path if host is None else f"/{host[1]}{request.path}"


def _targeted(
    target: str, operation: str, signing_name: str, query: Mapping[str, str], members: Mapping[str, Any], form: str
) -> Asked:
    """A request that names service and operation."""
    service = next((each for each in signing_for(signing_name) if each.target == target), None) or targeted(target)
    known = service is not None and operation in load_service(service.name).operations
    return Asked(
        signing_name or (service.signing_name if service else ""),
        service or described(signing_name),
        operation if known else None,
        query,
        members,
        form,
    )


def _action(signing_name: str, query: Mapping[str, str], form: Mapping[str, str]) -> Asked:
    """A request of the Query protocol, whose version tells apart services that sign for the same name."""
    version, operation = form.get("Version", ""), form["Action"]
    among = signing_for(signing_name) if signing_name else iter(every_service())
    candidates = [each for each in among if each.version == version]
    service = next((each for each in candidates if operation in load_service(each.name).operations), None)
    members: dict[str, Any] = {}
    for name, value in form.items():
        item = ITEM.fullmatch(name)
        if item is None:
            members[name] = value
        else:
            members.setdefault(item[1], []).append(value)
    name = signing_name or (service.signing_name if service else "")
    return Asked(
        name,
        service or described(signing_name),
        operation if service is not None else None,
        query,
        members,
        "ec2" if name == "ec2" else "query",
    )


def _rest(request: WireRequest, signing_name: str, query: Mapping[str, str]) -> Asked:
    """A request of a REST protocol. One that is not signed is taken for one of S3, which alone has such."""
    first = None
    for service in _candidates(request, signing_name or S3):
        if not service.protocol.startswith("rest"):
            continue
        first = first or service
        path = path_style(request) if service.name == S3 else request.path
        found = routes.find(service.name, request.method, path, query, request.headers)
        if found is not None:
            members = {**_document(request, service.protocol), **_in_query(service.name, found.operation, query)}
            members |= found.labels
            return Asked(service.signing_name, service, found.operation, query, members, _form(service))
    return Asked(signing_name or S3, first, None, query, {}, _form(first) if first is not None else "rest-json")


def _candidates(request: WireRequest, signing_name: str) -> Iterable[Described]:
    """The services that a request may be for. What is S3's control plane could be an object of S3 by its path."""
    control = described(S3_CONTROL) if signing_name == S3 and request.path.startswith(S3_CONTROL_PATH) else None
    return signing_for(signing_name) if control is None else (control,)


def _form(service: Described) -> str:
    return S3 if service.signing_name.startswith(S3) and service.protocol == "rest-xml" else service.protocol


def _in_query(service: str, operation: str, query: Mapping[str, str]) -> dict[str, str]:
    model = load_service(service)
    shape = model.operations[operation].input
    members = model.shapes[shape].members if shape is not None and query else ()
    return {
        member.name: query[member.located]
        for member in members
        if member.location == "querystring" and member.located in query
    }


def _document(request: WireRequest, form: str) -> Mapping[str, Any]:
    """The members in a document; none if it cannot be read, which is the upstream's to refuse."""
    if not request.body:
        return {}
    try:
        document = cbor.decode(request.body) if form == CBOR else json.loads(request.body) if "json" in form else {}
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for pair in filter(None, text.split("&")):
        name, _, value = pair.partition("=")
        yield unquote_plus(name), unquote_plus(value)
