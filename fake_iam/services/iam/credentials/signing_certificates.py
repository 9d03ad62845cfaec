"""Operations on signing certificates."""

from __future__ import annotations

from typing import Any

from fake_iam.domain.credentials.signing_certificates import (
    ID_ALPHABET,
    ID_LENGTH,
    SigningCertificate,
    duplicate_certificate,
    malformed_certificate,
    no_such_certificate,
)
from fake_iam.domain.errors import LimitExceeded
from fake_iam.domain.identities.users import User
from fake_iam.services.context import Context
from fake_iam.services.iam.credentials.key_material import read_certificate
from fake_iam.services.iam.lookups import find_key_owner, owner_id
from fake_iam.services.iam.service import IAM


@IAM.operation("UploadSigningCertificate")
def upload_signing_certificate(ctx: Context, *, certificate_body: str, user_name: str | None = None) -> dict[str, Any]:
    """Give a user a certificate, Active. Its dates are not judged: nobody has seen AWS do so."""
    owner = find_key_owner(ctx, user_name)
    read = read_certificate(certificate_body)
    if read is None:
        raise malformed_certificate(certificate_body)
    certificates = ctx.account.table(SigningCertificate)
    if certificates.find("digest", read.digest):
        raise duplicate_certificate()
    present = certificates.where("owner", owner_id(ctx, owner))
    if len(present) >= ctx.quotas.certificates_per_user:
        raise LimitExceeded.quota("CertificatesPerUser", ctx.quotas.certificates_per_user)
    certificate = SigningCertificate(
        id=ctx.ids.text(ID_ALPHABET, ID_LENGTH),
        account_id=ctx.account.id,
        owner_id=owner_id(ctx, owner),
        body=certificate_body,
        digest=read.digest,
        uploaded_at=ctx.now,
        serial=max((held.serial for held in present), default=0) + 1,
    )
    certificates.put(certificate.id, certificate)
    return {"Certificate": shown(certificate, owner)}


@IAM.operation("ListSigningCertificates")
def list_signing_certificates(
    ctx: Context, *, user_name: str | None = None, marker: str | None = None, max_items: int | None = None
) -> dict[str, Any]:
    """List a user's certificates, active or not, the older first."""
    owner = find_key_owner(ctx, user_name)
    held = ctx.account.table(SigningCertificate).where("owner", owner_id(ctx, owner))
    page = ctx.page(
        sorted(held, key=lambda certificate: certificate.serial),
        scope=f"ListSigningCertificates {owner_id(ctx, owner)}",
        key=lambda certificate: f"{certificate.serial:012d}",
        marker=marker,
        max_items=max_items,
    )
    return {"Certificates": [shown(certificate, owner) for certificate in page.items], **page.fields()}


@IAM.operation("UpdateSigningCertificate")
def update_signing_certificate(ctx: Context, *, certificate_id: str, status: str, user_name: str | None = None) -> None:
    """Switch a certificate on or off."""
    certificate = find_certificate(ctx, find_key_owner(ctx, user_name), certificate_id)
    ctx.account.table(SigningCertificate).put(certificate.id, certificate.switched(status))


@IAM.operation("DeleteSigningCertificate")
def delete_signing_certificate(ctx: Context, *, certificate_id: str, user_name: str | None = None) -> None:
    """Delete a certificate; it may be uploaded again."""
    certificate = find_certificate(ctx, find_key_owner(ctx, user_name), certificate_id)
    ctx.account.table(SigningCertificate).delete(certificate.id)


def find_certificate(ctx: Context, owner: User | None, certificate_id: str) -> SigningCertificate:
    """The owner's certificate of that id. Somebody else's is as absent as none: raises NoSuchEntity."""
    certificate = ctx.account.table(SigningCertificate).get(certificate_id)
    if certificate is None or certificate.owner_id != owner_id(ctx, owner):
        raise no_such_certificate(certificate_id)
    return certificate


def shown(certificate: SigningCertificate, owner: User | None) -> dict[str, Any]:
    """A certificate as it is shown. The root user has no name to show (assumed)."""
    return {
        "UserName": owner.name if owner else None,
        "CertificateId": certificate.id,
        "CertificateBody": certificate.body,
        "Status": certificate.status,
        "UploadDate": certificate.uploaded_at,
    }
