"""Every service that the installed botocore knows, by what requests say of it: the name they sign for, or a target.

Only the beginnings of the models are read, which tell it; of 445 services that takes a tenth of a second, so a service
that has the name it signs for is looked up alone.
"""

from __future__ import annotations

import json
import os
import re
import zlib
from collections.abc import Iterator
from functools import cache
from typing import Any, Final, NamedTuple

from fake_iam.protocol.model import GZIP_WINDOW, data_folders, model_file

BEGINNING: Final = 8192  # bytes, which hold a model's metadata
METADATA: Final = re.compile(r'"metadata"\s*:\s*')


class Described(NamedTuple):
    """A service: its name in botocore, its id, what it signs for, its protocol, and what its requests name it by.

    ``query_compatible``: its errors also have the codes that they had when it spoke the Query protocol.
    """

    name: str
    id: str
    signing_name: str
    protocol: str
    target: str | None = None
    version: str = ""
    query_compatible: bool = False


def signing_for(signing_name: str) -> Iterator[Described]:
    """The services that sign for a name; first the one that is called so, if there is one."""
    first = described(signing_name)
    if first is not None and first.signing_name == signing_name:
        yield first
    yield from (each for each in _by_signing_name().get(signing_name, ()) if each != first)


def targeted(target: str) -> Described | None:
    """The service whose requests say that before an operation's name in X-Amz-Target."""
    return _by_target().get(target)


@cache
def described(name: str) -> Described | None:
    """The service of that name in botocore, or None."""
    file = model_file(name) if re.fullmatch(r"[\w-]+", name, re.ASCII) else None
    if file is None:
        return None
    metadata = _metadata(file)
    return Described(
        name,
        metadata["serviceId"],
        metadata.get("signingName") or metadata["endpointPrefix"],
        metadata["protocol"],
        metadata.get("targetPrefix"),
        metadata["apiVersion"],
        "awsQueryCompatible" in metadata,
    )


@cache
def every_service() -> tuple[Described, ...]:
    """All of them."""
    names = sorted({name for place in data_folders() for name in os.listdir(place)})
    return tuple(found for name in names if (found := described(name)) is not None)


@cache
def _by_signing_name() -> dict[str, list[Described]]:
    found: dict[str, list[Described]] = {}
    for each in every_service():
        found.setdefault(each.signing_name, []).append(each)
    return found


@cache
def _by_target() -> dict[str, Described]:
    return {each.target: each for each in reversed(every_service()) if each.target is not None}


def _metadata(file: str) -> Any:
    with open(file, "rb") as opened:
        data = opened.read(BEGINNING)
    if file.endswith(".gz"):
        data = zlib.decompressobj(GZIP_WINDOW).decompress(data, BEGINNING)
    text = data.decode("utf-8", "replace")
    found = METADATA.search(text)
    if found is None:
        raise LookupError(f"{file} does not begin with metadata")
    return json.JSONDecoder().raw_decode(text, found.end())[0]
