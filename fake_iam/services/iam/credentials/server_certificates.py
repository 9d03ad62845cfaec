"""Operations on server certificates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any, Final

from fake_iam.domain.credentials.server_certificates import (
    ServerCertificate,
    broken_chain,
    expired_certificate,
    key_pair_mismatch,
    no_such_server_certificate,
    server_certificate_exists,
    unparsable_certificate,
    unparsable_private_key,
)
from fake_iam.domain.errors import LimitExceeded
from fake_iam.domain.identities.users import name_key
from fake_iam.services.context import Context
from fake_iam.services.iam import tagging, views
from fake_iam.services.iam.credentials.key_material import Certificate, is_chain, read_certificate, read_private_key
from fake_iam.services.iam.service import IAM
from fake_iam.services.iam.tagging import Tagged


def find_server_certificate(ctx: Context, name: str) -> ServerCertificate:
    """The certificate of that name, in whatever letter case. Raises NoSuchEntity."""
    certificate = ctx.account.table(ServerCertificate).find("name", name_key(name))
    if certificate is None:
        raise no_such_server_certificate(name)
    return certificate


TAGS: Final = Tagged(ServerCertificate, key=attrgetter("id"), find=find_server_certificate)


@IAM.operation("UploadServerCertificate")
def upload_server_certificate(
    ctx: Context,
    *,
    server_certificate_name: str,
    certificate_body: str,
    private_key: str,
    path: str | None = None,
    certificate_chain: str | None = None,
    tags: Sequence[Mapping[str, str]] = (),
) -> dict[str, Any]:
    """Add a certificate that is valid now and goes with its private key, which is forgotten at once.

    White space around the body is not kept: Terraform's acceptance tests of aws_iam_server_certificate, which run on
    AWS, send a final newline and see none. That the chain is held alike is assumed.
    """
    given = tagging.given(tags)
    read = read_material(ctx, certificate_body, private_key, certificate_chain)
    certificates = ctx.account.table(ServerCertificate)
    if certificates.find("name", name_key(server_certificate_name)):
        raise server_certificate_exists(server_certificate_name)
    if len(certificates) >= ctx.quotas.server_certificates_per_account:
        raise LimitExceeded.quota("ServerCertificatesPerAccount", ctx.quotas.server_certificates_per_account)
    certificate = ServerCertificate(
        id=ctx.ids.unique_id("ASCA", ctx.account.id),
        account_id=ctx.account.id,
        name=server_certificate_name,
        path=path or "/",
        body=certificate_body.strip(),
        chain=certificate_chain and certificate_chain.strip(),
        uploaded_at=ctx.now,
        expires_at=read.not_after,
        tags=given,
        partition=ctx.partition,
    )
    certificates.put(certificate.id, certificate)
    return {"ServerCertificateMetadata": metadata(certificate), "Tags": views.tag_list(given) or None}


@IAM.operation("GetServerCertificate")
def get_server_certificate(ctx: Context, *, server_certificate_name: str) -> dict[str, Any]:
    """Show a certificate; Tags are there even if there are none."""
    certificate = find_server_certificate(ctx, server_certificate_name)
    return {
        "ServerCertificate": {
            "ServerCertificateMetadata": metadata(certificate),
            "CertificateBody": certificate.body,
            "CertificateChain": certificate.chain,
            "Tags": views.tag_list(views.sorted_tags(certificate.tags)),
        }
    }


@IAM.operation("ListServerCertificates")
def list_server_certificates(
    ctx: Context, *, path_prefix: str | None = None, marker: str | None = None, max_items: int | None = None
) -> dict[str, Any]:
    """List the certificates whose path begins with the prefix."""
    prefix = path_prefix or "/"
    page = ctx.page(
        lambda last: ctx.account.table(ServerCertificate).after("path", prefix, last),
        scope=f"ListServerCertificates {prefix}",
        key=lambda certificate: certificate.name_key,
        marker=marker,
        max_items=max_items,
    )
    return {
        "ServerCertificateMetadataList": [metadata(certificate) for certificate in page.items],
        **page.fields(),
    }


@IAM.operation("UpdateServerCertificate")
def update_server_certificate(
    ctx: Context,
    *,
    server_certificate_name: str,
    new_path: str | None = None,
    new_server_certificate_name: str | None = None,
) -> None:
    """Rename or move a certificate. Its id stays."""
    certificate = find_server_certificate(ctx, server_certificate_name)
    certificates = ctx.account.table(ServerCertificate)
    if new_server_certificate_name is not None:
        holder = certificates.find("name", name_key(new_server_certificate_name))
        if holder is not None and holder.id != certificate.id:
            raise server_certificate_exists(new_server_certificate_name)
    name, path = new_server_certificate_name or certificate.name, new_path or certificate.path
    certificates.put(certificate.id, replace(certificate, name=name, path=path))


@IAM.operation("DeleteServerCertificate")
def delete_server_certificate(ctx: Context, *, server_certificate_name: str) -> None:
    """Delete a certificate; nothing here can be using it."""
    certificate = find_server_certificate(ctx, server_certificate_name)
    ctx.account.table(ServerCertificate).delete(certificate.id)


@IAM.operation("TagServerCertificate")
def tag_server_certificate(ctx: Context, *, server_certificate_name: str, tags: Sequence[Mapping[str, str]]) -> None:
    """Add tags to a certificate; a key that is there takes the new value and spelling."""
    tagging.add(ctx, TAGS, server_certificate_name, tags)


@IAM.operation("UntagServerCertificate")
def untag_server_certificate(ctx: Context, *, server_certificate_name: str, tag_keys: Sequence[str]) -> None:
    """Take tags off a certificate; keys that are not there are passed over."""
    tagging.remove(ctx, TAGS, server_certificate_name, tag_keys)


@IAM.operation("ListServerCertificateTags")
def list_server_certificate_tags(
    ctx: Context, *, server_certificate_name: str, marker: str | None = None, max_items: int | None = None
) -> dict[str, Any]:
    """List a certificate's tags, shorter keys first."""
    return tagging.listed(ctx, TAGS, server_certificate_name, "ListServerCertificateTags", marker, max_items)


def read_material(ctx: Context, body: str, private_key: str, chain: str | None) -> Certificate:
    """The certificate, read and found good: valid now, with its own key, and led on by its chain.

    The order of the checks is assumed. A chain is not demanded of a certificate that others issued.

    Raises:
        MalformedCertificate: one of the three cannot be read, or the dates or the chain are wrong.
        KeyPairMismatch: the private key is another's.
    """
    read = read_certificate(body)
    if read is None or ctx.now < read.not_before:
        raise unparsable_certificate()
    if ctx.now > read.not_after:
        raise expired_certificate()
    public_key = read_private_key(private_key)
    if public_key is None:
        raise unparsable_private_key()
    if public_key != read.public_key:
        raise key_pair_mismatch()
    if chain is not None and not is_chain(read, chain):
        raise broken_chain()
    return read


def metadata(certificate: ServerCertificate) -> dict[str, Any]:
    """A certificate as a list shows it: neither body nor tags."""
    return {
        "Path": certificate.path,
        "ServerCertificateName": certificate.name,
        "ServerCertificateId": certificate.id,
        "Arn": certificate.arn,
        "UploadDate": certificate.uploaded_at,
        "Expiration": certificate.expires_at,
    }
