"""An SSH public key, with which a user reaches CodeCommit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from fake_iam.domain.credentials.access_keys import ACTIVE, STATUSES
from fake_iam.domain.errors import DuplicateSSHPublicKey, InvalidInput, InvalidPublicKey, NoSuchEntity

SMALLEST_KEY: Final = 2048  # bits; API reference, UploadSSHPublicKey


@dataclass(frozen=True, slots=True)
class SSHPublicKey:
    """A key in both encodings, the one it came in as it was sent.

    ``fingerprint`` is what it is compared by; ``serial`` counts the owner's uploads, so that a list shows the older
    first.
    """

    id: str
    account_id: str
    owner_id: str
    ssh: str
    pem: str
    fingerprint: str
    uploaded_at: datetime
    serial: int
    status: str = ACTIVE

    def encoded(self, encoding: str) -> str:
        """The body in the encoding SSH or PEM."""
        return self.ssh if encoding == "SSH" else self.pem

    def switched(self, status: str) -> SSHPublicKey:
        """The key with that status and nothing else changed.

        Raises:
            InvalidInput: the status is in the model's enumeration, but not one that can be given.
        """
        if status not in STATUSES:
            raise InvalidInput.status(status)
        return replace(self, status=status)


def no_such_public_key(key_id: str) -> NoSuchEntity:
    """The user has no such key, whoever else may have it."""
    return NoSuchEntity(f"The Public Key with id {key_id} cannot be found.")


def invalid_public_key() -> InvalidPublicKey:
    """No RSA key of 2048 bits or more. Text: the API reference's on this error; AWS's own is not known."""
    return InvalidPublicKey("The request was rejected because the public key is malformed or otherwise invalid.")


def duplicate_public_key() -> DuplicateSSHPublicKey:
    """The user has the key already. Text: the API reference's on this error; AWS's own is not known."""
    return DuplicateSSHPublicKey(
        "The request was rejected because the SSH public key is already associated with the specified IAM user."
    )
