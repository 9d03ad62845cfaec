"""OpenID Connect providers: whose tokens an account takes for a proof of identity."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from fake_iam.domain import arns
from fake_iam.domain.errors import EntityAlreadyExists, InvalidInput, LimitExceeded, NoSuchEntity, ValidationError
from fake_iam.domain.tags import Tags

if TYPE_CHECKING:
    from fake_iam.domain.account.account_summary import Rows

THUMBPRINTS: Final = 5
URL: Final = re.compile(r"https://[A-Za-z0-9.-]+(?::\d{1,5})?(?:/[^\s?#]*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class OidcProvider:
    """An OpenID Connect provider. ``issuer`` is its URL without the scheme, as ARNs and condition keys have it.

    ``context_provider`` is the structure of that name as JSON. ``jwks`` is the set of keys, as JSON, that verify
    its tokens, ``jwks_url`` where on this machine that set is found; AWS asks the provider itself.
    """

    account_id: str
    issuer: str
    created_at: datetime
    client_ids: tuple[str, ...] = ()
    thumbprints: tuple[str, ...] = ()
    tags: Tags = ()
    context_provider: str | None = None
    identity_center_instance_arn: str | None = None
    partition: str = arns.AWS
    jwks: str | None = None
    jwks_url: str | None = None

    @staticmethod
    def summary(rows: Rows) -> dict[str, int]:
        """What they add to the account's summary."""
        return {"Providers": len(rows)}

    @property
    def arn(self) -> str:
        """The ARN, which has the whole issuer with its path."""
        return arns.oidc_provider(self.partition, self.account_id, self.issuer)


def issuer_of(url: str) -> str:
    """The URL without its scheme, as it is given otherwise. Raises ValidationError for what is no https URL."""
    if URL.fullmatch(url) is None:
        raise ValidationError("Invalid Open ID Connect Provider URL")
    return url.removeprefix("https://")


def made_up_thumbprint(issuer: str) -> str:
    """Forty hexadecimal characters in place of the certificate's digest, which AWS fetches from the provider itself.

    Nothing is fetched here: the same issuer always has the same one.
    """
    return hashlib.sha1(issuer.encode(), usedforsecurity=False).hexdigest()


def provider_exists(url: str) -> EntityAlreadyExists:
    """There is a provider of that URL; the text repeats it with its scheme."""
    return EntityAlreadyExists(f"Provider with url {url} already exists.")


def too_many_thumbprints() -> InvalidInput:
    """Six thumbprints and more; the text says fewer than five, five are taken (recorded)."""
    return InvalidInput("Thumbprint list must contain fewer than 5 entries.")


def too_many_client_ids(limit: int) -> LimitExceeded:
    """More client ids than a provider may have."""
    return LimitExceeded.quota("ClientIdsPerOpenIdConnectProvider", limit)


def no_such_provider(arn: str) -> NoSuchEntity:
    """No provider of that ARN. Recorded for GetOpenIDConnectProvider, assumed for all but the deletion."""
    return NoSuchEntity(f"OpenIDConnect Provider not found for arn {arn}")


def no_such_provider_to_delete(arn: str) -> NoSuchEntity:
    """The deletion has a text of its own."""
    return NoSuchEntity(f"OpenId connect Provider {arn} cannot be found.")
