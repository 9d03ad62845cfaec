"""Which operation a request of a REST protocol is: by method, path, and the parameters and headers it must have."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple
from urllib.parse import unquote

from fake_iam.protocol.model import OperationModel, ServiceModel, load_service

LABEL: Final = re.compile(r"\{([\w.-]+)(\+?)\}", re.ASCII)


class Route(NamedTuple):
    """An operation's request: its path, and the parameters and headers that tell it from others on the same path.

    ``query`` has the value that a parameter must have, None for any. ``labels`` are the members in the path.
    """

    operation: str
    path: re.Pattern[str]
    labels: tuple[str, ...]
    query: Mapping[str, str | None]
    headers: tuple[str, ...]
    rank: int

    def fits(self, query: Mapping[str, str], headers: Mapping[str, str]) -> bool:
        """Whether a request whose method and path fit is this one."""
        return all(name in query and value in (None, query[name]) for name, value in self.query.items()) and all(
            name in headers for name in self.headers
        )


class Found(NamedTuple):
    """An operation, and the members that the path names."""

    operation: str
    labels: Mapping[str, str]


def find(service: str, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str]) -> Found | None:
    """The operation of a service that a request is, or None. ``path`` is not decoded."""
    for route in routes(service).get(method, ()):
        parts = route.path.fullmatch(path) if route.fits(query, headers) else None
        if parts is not None:
            return Found(route.operation, dict(zip(route.labels, map(unquote, parts.groups()), strict=True)))
    return None


@cache
def routes(service: str) -> Mapping[str, Sequence[Route]]:
    """The routes of a service by method; of two that fit a request the one with more to fit comes first."""
    model = load_service(service)
    found: dict[str, list[Route]] = {}
    for name in model.operations:
        route = _route(model, model.operations[name])
        found.setdefault(model.operations[name].method, []).append(route)
    return {method: sorted(among, key=lambda route: -route.rank) for method, among in found.items()}


def _route(model: ServiceModel, operation: OperationModel) -> Route:
    path, _, fixed = operation.uri.partition("?")
    query: dict[str, str | None] = {}
    for pair in filter(None, fixed.split("&")):
        name, equals, value = pair.partition("=")
        query[name] = value if equals else None
    headers, names = [], {}
    for member in model.shapes[operation.input].members if operation.input else ():
        if member.location == "uri":
            names[member.located] = member.name
        elif member.required and member.location == "querystring":
            query.setdefault(member.located, None)
        elif member.required and member.location == "header":
            headers.append(member.located.lower())
    labels = [match[1] for match in LABEL.finditer(path)]
    literal = len(LABEL.sub("", path))
    return Route(
        operation.name,
        _pattern(path),
        tuple(names.get(label, label) for label in labels),
        query,
        tuple(headers),
        100 * literal + 10 * len(labels) + len(query) + len(headers),
    )


def _pattern(path: str) -> re.Pattern[str]:
    """A label is one segment of the path, or with a plus any number of them; a slash more at the end does not count."""
    pattern, at = "", 0
    for match in LABEL.finditer(path):
        pattern += re.escape(path[at : match.start()]) + ("(.+)" if match[2] else "([^/]+)")
        at = match.end()
    return re.compile(f"{pattern}{re.escape(path[at:]).removesuffix('/')}/?", re.DOTALL)
