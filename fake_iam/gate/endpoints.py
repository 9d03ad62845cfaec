"""Which services' clients are sent here, and the variables that send them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from fake_iam.gate.upstreams import Upstream

VARIABLE: Final = "AWS_ENDPOINT_URL"


def is_sent_here(service: str, upstreams: Mapping[str, Upstream]) -> bool:
    """Whether calls of a service, under the name that botocore has for it, have an upstream."""
    if not upstreams or "" in upstreams:
        return bool(upstreams)
    from fake_iam.protocol.catalogue import described  # few servers are gates

    found = described(service)
    return found is not None and found.signing_name in upstreams


def variables(url: str, upstreams: Mapping[str, Upstream]) -> dict[str, str]:
    """The variables by which the clients of every AWS SDK find a server at that address.

    They are those of IAM and STS, and those of services that have an upstream.
    """
    found = {f"{VARIABLE}_IAM": url, f"{VARIABLE}_STS": url}
    if "" in upstreams:
        return {**found, VARIABLE: url}
    if not upstreams:
        return found
    from fake_iam.protocol.catalogue import signing_for  # few servers are gates

    services = (service for name in upstreams for service in signing_for(name))
    return {**found, **{f"{VARIABLE}_{service.id.replace(' ', '_').upper()}": url for service in services}}
