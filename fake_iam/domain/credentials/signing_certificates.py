"""A signing certificate: an X.509 certificate of a user, with which old SOAP and EC2 tools sign."""

from __future__ import annotations

import string
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from fake_iam.domain.credentials.access_keys import ACTIVE, STATUSES
from fake_iam.domain.errors import (
    DeleteConflict,
    DuplicateCertificate,
    InvalidInput,
    MalformedCertificate,
    NoSuchEntity,
)

ID_ALPHABET: Final = string.ascii_uppercase + string.digits
ID_LENGTH: Final = 24  # the shortest that the model lets a request name


@dataclass(frozen=True, slots=True)
class SigningCertificate:
    """A certificate as it was sent. ``owner_id`` is a user's id, or the account number for the root user's.

    ``digest`` is what it is compared by; ``serial`` counts the owner's uploads, so that a list shows the older first.
    """

    id: str
    account_id: str
    owner_id: str
    body: str
    digest: str
    uploaded_at: datetime
    serial: int
    status: str = ACTIVE

    def switched(self, status: str) -> SigningCertificate:
        """The certificate with that status and nothing else changed.

        Raises:
            InvalidInput: the status is in the model's enumeration, but not one that can be given.
        """
        if status not in STATUSES:
            raise InvalidInput.status(status)
        return replace(self, status=status)


def no_such_certificate(certificate_id: str) -> NoSuchEntity:
    """The user has no such certificate, whoever else may have it."""
    return NoSuchEntity(f"The Certificate with id {certificate_id} cannot be found.")


def malformed_certificate(body: str) -> MalformedCertificate:
    """The body is no certificate; the text repeats it."""
    return MalformedCertificate(f"Certificate {body} is malformed.")


def duplicate_certificate() -> DuplicateCertificate:
    """Some user of the account has it already. Text: the API reference's on this error; AWS's own is not known."""
    return DuplicateCertificate(
        "The request was rejected because the same certificate is associated with an IAM user in the account."
    )


def delete_certificates_first() -> DeleteConflict:
    """The user still has signing certificates (quoted by users)."""
    return DeleteConflict("Cannot delete entity, must delete certificates first.")
