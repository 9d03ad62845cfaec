"""SAML providers: identity providers whose assertions an account takes for a proof of identity."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import MAXYEAR, datetime
from typing import TYPE_CHECKING, Final

from fake_iam.domain import arns
from fake_iam.domain.errors import EntityAlreadyExists, InvalidInput, LimitExceeded, NoSuchEntity
from fake_iam.domain.identities.users import name_key
from fake_iam.domain.tags import Tags

if TYPE_CHECKING:
    from fake_iam.domain.account.account_summary import Rows

ALLOWED: Final = "Allowed"
REQUIRED: Final = "Required"
PRIVATE_KEYS: Final = 2
LEAST_KEY_BITS: Final = 1024
# What ids are drawn from (recorded: SAMLSPSBCNWVKNY9049V24), and what they begin with. That of keys is assumed.
ID_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
ID_LENGTH: Final = 16
PROVIDER_PREFIX: Final = "SAMLSP"
PRIVATE_KEY_PREFIX: Final = "SAMLPK"


@dataclass(frozen=True, slots=True)
class SamlPrivateKey:
    """A key that decrypts assertions. A dump without secrets leaves a text in its place that is no key."""

    id: str
    uploaded_at: datetime
    pem: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SamlProvider:
    """A SAML provider, with its metadata document as it was uploaded, and its private keys, the older first.

    ``id`` is what AWS calls its UUID; ``context_provider`` is the structure of that name as JSON.
    """

    id: str
    account_id: str
    name: str
    metadata: str
    created_at: datetime
    valid_until: datetime
    encryption_mode: str = ALLOWED
    private_keys: tuple[SamlPrivateKey, ...] = ()
    tags: Tags = ()
    context_provider: str | None = None
    identity_center_instance_arn: str | None = None
    partition: str = arns.AWS

    @staticmethod
    def summary(rows: Rows) -> dict[str, int]:
        """What they add to the account's summary."""
        return {"Providers": len(rows)}

    @property
    def arn(self) -> str:
        """The ARN; there is no path in it."""
        return arns.saml_provider(self.partition, self.account_id, self.name)

    @property
    def name_key(self) -> str:
        """What the name is unique by: letter case does not count (assumed, as for other names)."""
        return name_key(self.name)

    def with_metadata(self, document: str, at: datetime) -> SamlProvider:
        """The provider with another document, uploaded at that time: id and ARN stay, its validity begins anew."""
        return replace(self, metadata=document, valid_until=a_century_after(at))

    def with_encryption(self, mode: str) -> SamlProvider:
        """The provider with that mode. Raises InvalidInput for Required where no key decrypts anything."""
        if mode == REQUIRED and not self.private_keys:
            raise no_key_to_require()
        return replace(self, encryption_mode=mode)

    def with_private_key(self, key: SamlPrivateKey) -> SamlProvider:
        """The provider with one key more. Raises LimitExceeded."""
        if len(self.private_keys) >= PRIVATE_KEYS:
            raise too_many_private_keys()
        return replace(self, private_keys=(*self.private_keys, key))

    def without_private_key(self, key_id: str) -> SamlProvider:
        """The provider without that key. Raises InvalidInput if it has none such, or if it is the last one needed."""
        kept = tuple(key for key in self.private_keys if key.id != key_id)
        if len(kept) == len(self.private_keys):
            raise no_such_private_key()
        if not kept and self.encryption_mode == REQUIRED:
            raise last_private_key()
        return replace(self, private_keys=kept)


def a_century_after(at: datetime) -> datetime:
    """Until when metadata is valid that is uploaded at that time, whatever the document says (recorded)."""
    year = min(at.year + 100, MAXYEAR)
    try:
        return at.replace(year=year)
    except ValueError:  # the 29th of February, in a year that is no leap year
        return at.replace(year=year, day=28)


def provider_exists(name: str) -> EntityAlreadyExists:
    """There is a provider of that name (quoted in org-formation/aws-resource-providers#59)."""
    return EntityAlreadyExists(f"Provider with name {name} already exists.")


def no_such_provider(arn: str) -> NoSuchEntity:
    """No provider of that ARN. Recorded for GetSAMLProvider and DeleteSAMLProvider, assumed for the rest."""
    return NoSuchEntity(f"Manifest not found for arn {arn}")


# The texts from here to the next comment: IAM User Guide, Troubleshoot SAML federation. Their codes are assumed.


def nothing_to_update() -> InvalidInput:
    """A request that changes nothing."""
    return InvalidInput(
        "Unable to update identity provider. No updates are defined for metadata or encryption assertion."
    )


def key_added_and_removed() -> InvalidInput:
    """A key to add and a key to remove in one request."""
    return InvalidInput(
        "Unable to add and remove private keys in the same request. Set a value for only one of the two parameters."
    )


def invalid_private_key() -> InvalidInput:
    """The key cannot be read, or it is encrypted."""
    return InvalidInput("Invalid private key.")


def too_many_private_keys() -> LimitExceeded:
    """A third key."""
    return LimitExceeded(f"Private key limit of {PRIVATE_KEYS} is reached.")


def no_such_private_key() -> InvalidInput:
    """No key of that id."""
    return InvalidInput("Failed to remove private key because the Key ID does not match a private key.")


def last_private_key() -> InvalidInput:
    """The only key of a provider that takes nothing but encrypted assertions."""
    return InvalidInput("Failed to remove private key.")


def no_key_to_require() -> InvalidInput:
    """Encrypted assertions only, and no key to decrypt them."""
    return InvalidInput("Unable to set assertion encryption mode to Required because no private key is provided.")


# The rules from here on: API reference, UpdateSAMLProvider. It gives no texts; these are assumed.


def set_and_removed(member: str) -> InvalidInput:
    """A configuration, and the flag that removes it, in one request."""
    return InvalidInput(f"Unable to set and remove {member} in the same request.")


def context_and_metadata() -> InvalidInput:
    """The context provider, and anything else, in one request."""
    return InvalidInput("Unable to change the context provider and the provider metadata in the same request.")


def instance_without_context() -> InvalidInput:
    """An instance of Identity Center where no context provider is, or is left."""
    return InvalidInput("An IAM Identity Center instance can be associated only with a context provider.")
