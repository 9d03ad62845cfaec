"""A server certificate of the account, for load balancers and CloudFront. Its private key is looked at, never kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from fake_iam.domain import arns
from fake_iam.domain.errors import EntityAlreadyExists, KeyPairMismatch, MalformedCertificate, NoSuchEntity
from fake_iam.domain.identities.users import name_key
from fake_iam.domain.tags import Tags

if TYPE_CHECKING:
    from fake_iam.domain.account.account_summary import Rows


@dataclass(frozen=True, slots=True)
class ServerCertificate:
    """A certificate and its chain, without the white space around them; its id outlives every rename."""

    id: str
    account_id: str
    name: str
    path: str
    body: str
    chain: str | None
    uploaded_at: datetime
    expires_at: datetime
    tags: Tags = ()
    partition: str = arns.AWS

    @property
    def arn(self) -> str:
        """The ARN, with the path."""
        return arns.server_certificate(self.partition, self.account_id, self.path, self.name)

    @property
    def name_key(self) -> str:
        """What the name is unique by: letter case does not count."""
        return name_key(self.name)

    @staticmethod
    def summary(rows: Rows) -> dict[str, int]:
        """What GetAccountSummary says of all of them."""
        return {"ServerCertificates": len(rows)}


def no_such_server_certificate(name: str) -> NoSuchEntity:
    """No certificate of that name in the account."""
    return NoSuchEntity(f"The Server Certificate with name {name} cannot be found.")


def server_certificate_exists(name: str) -> EntityAlreadyExists:
    """The name is taken; the text repeats the spelling of the request."""
    return EntityAlreadyExists(f"The Server Certificate with name {name} already exists.")


def unparsable_certificate() -> MalformedCertificate:
    """The body is no certificate (openshift/openshift-ansible#11214), or one that is not valid yet.

    The latter is aws/aws-sdk-go#2586: AWS calls its text misleading, and its 328 bytes are those of this one.
    """
    return MalformedCertificate("Unable to parse certificate. Please ensure the certificate is in PEM format.")


def unparsable_private_key() -> MalformedCertificate:
    """The key is none, or encrypted. Assumed: the text for the certificate, said of the key."""
    return MalformedCertificate("Unable to parse private key. Please ensure the private key is in PEM format.")


def expired_certificate() -> MalformedCertificate:
    """The certificate has had its time (hashicorp/terraform-provider-aws#7049)."""
    return MalformedCertificate(
        "Certificate is no longer valid. The 'Not After' date restriction on the certificate has passed."
    )


def broken_chain() -> MalformedCertificate:
    """The chain does not lead on from the certificate (go-acme/lego#304). Another index than -1 was not seen."""
    return MalformedCertificate(
        "Unable to validate certificate chain. The certificate chain must start with the immediate signing "
        "certificate, followed by any intermediaries in order. The index within the chain of the invalid "
        "certificate is: -1"
    )


def key_pair_mismatch() -> KeyPairMismatch:
    """The key is another's. Text: the API reference's on this error; AWS's own is not known."""
    return KeyPairMismatch(
        "The request was rejected because the public key certificate and the private key do not match."
    )
