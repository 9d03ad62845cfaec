"""Operations on service-specific credentials."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from fake_iam.domain.credentials.service_credentials import (
    PASSWORD_CHARACTERS,
    PASSWORD_LAST,
    QUOTA,
    ServiceCredential,
    all_users_and_one,
    credential_of_another,
    login_key,
    login_name,
    no_such_credential,
    supported_service,
)
from fake_iam.domain.errors import LimitExceeded
from fake_iam.domain.identities.users import User
from fake_iam.domain.ids import SECRET_ALPHABET
from fake_iam.services.context import Context
from fake_iam.services.iam.lookups import find_key_owner, find_user, owner_id
from fake_iam.services.iam.service import IAM


def find_service_credential(ctx: Context, owner: User | None, credential_id: str) -> ServiceCredential:
    """The owner's credential of that id.

    Raises:
        NoSuchEntity: nobody in the account has it.
        ValidationError: somebody else has it.
    """
    credential = ctx.account.table(ServiceCredential).get(credential_id)
    if credential is None:
        raise no_such_credential(credential_id)
    if credential.owner_id != owner_id(ctx, owner):
        raise credential_of_another(owner.name if owner else ctx.account.id, credential_id)
    return credential


def new_password(ctx: Context) -> str:
    """Sixty characters of base64."""
    return f"{ctx.ids.text(SECRET_ALPHABET, PASSWORD_CHARACTERS)}{ctx.ids.text(PASSWORD_LAST, 1)}="


def service_credential_metadata(credential: ServiceCredential, owner: User | None, now: datetime) -> dict[str, Any]:
    """A credential as lists show it, without its secret."""
    return {
        "ServiceCredentialAlias": credential.login if credential.is_api_key else None,
        "UserName": owner.name if owner else None,
        "ServiceName": credential.service,
        "ServiceUserName": None if credential.is_api_key else credential.login,
        "Status": credential.status_at(now),
        "CreateDate": credential.created_at,
        "ExpirationDate": credential.expires_at,
        "ServiceSpecificCredentialId": credential.id,
    }


def service_credential_detail(credential: ServiceCredential, owner: User | None, now: datetime) -> dict[str, Any]:
    """A credential as it is shown when its secret is new."""
    return {
        **service_credential_metadata(credential, owner, now),
        "ServicePassword": None if credential.is_api_key else credential.password,
        "ServiceCredentialSecret": credential.api_key if credential.is_api_key else None,
    }


@IAM.operation("CreateServiceSpecificCredential")
def create_service_specific_credential(
    ctx: Context, *, user_name: str, service_name: str, credential_age_days: int | None = None
) -> dict[str, Any]:
    """Issue a credential for a service, its secret shown this once. Every service takes an age (recorded)."""
    user = find_user(ctx, user_name)
    service = supported_service(service_name)
    credentials = ctx.account.table(ServiceCredential)
    present = [credential for credential in credentials.where("owner", user.id) if credential.service == service]
    if len(present) >= ctx.quotas.service_specific_credentials_per_user:
        raise LimitExceeded.quota(QUOTA, ctx.quotas.service_specific_credentials_per_user)
    names = ((number, login_name(user.name, ctx.account.id, number)) for number in count())
    number, name = next(pair for pair in names if not credentials.find("login", login_key(service, pair[1])))
    credential = ServiceCredential(
        id=ctx.ids.unique_id("ACCA", ctx.account.id),
        account_id=ctx.account.id,
        owner_id=user.id,
        service=service,
        login=name,
        created_at=ctx.now,
        password=new_password(ctx),
        number=number,
        expires_at=None if credential_age_days is None else ctx.now + timedelta(days=credential_age_days),
    )
    credentials.put(credential.id, credential)
    return {"ServiceSpecificCredential": service_credential_detail(credential, user, ctx.now)}


@IAM.operation("ListServiceSpecificCredentials")
def list_service_specific_credentials(
    ctx: Context,
    *,
    user_name: str | None = None,
    service_name: str | None = None,
    all_users: bool | None = None,
    marker: str | None = None,
    max_items: int | None = None,
) -> dict[str, Any]:
    """List the credentials of a user or of all, for one service or, if none is named, for every one.

    IsTruncated is always there, as it was recorded in March 2026; in March 2025 the list had no paging yet.
    """
    if all_users and user_name is not None:
        raise all_users_and_one()
    table = ctx.account.table(ServiceCredential)
    owner = "" if all_users else owner_id(ctx, find_key_owner(ctx, user_name))
    service = supported_service(service_name) if service_name else None
    one_users = [row for row in table.where("owner", owner) if service in (None, row.service)]

    def of_all_users(last: str | None) -> Iterator[ServiceCredential]:
        return table.after("service", f"{service or 'any'}/", last)

    page = ctx.page(
        of_all_users if all_users else sorted(one_users, key=lambda row: row.list_key),
        scope=f"ListServiceSpecificCredentials {owner} {service}",
        key=lambda row: row.list_key,
        marker=marker,
        max_items=max_items,
    )
    return {
        "ServiceSpecificCredentials": [
            service_credential_metadata(row, ctx.account.users.get(row.owner_id), ctx.now) for row in page.items
        ],
        **page.fields(),
    }


@IAM.operation("UpdateServiceSpecificCredential")
def update_service_specific_credential(
    ctx: Context, *, service_specific_credential_id: str, status: str, user_name: str | None = None
) -> None:
    """Switch a credential on or off."""
    credential = find_service_credential(ctx, find_key_owner(ctx, user_name), service_specific_credential_id)
    ctx.account.table(ServiceCredential).put(credential.id, credential.switched(status))


@IAM.operation("ResetServiceSpecificCredential")
def reset_service_specific_credential(
    ctx: Context, *, service_specific_credential_id: str, user_name: str | None = None
) -> dict[str, Any]:
    """Give a credential a new secret, shown this once. Its status and its dates stay."""
    owner = find_key_owner(ctx, user_name)
    present = find_service_credential(ctx, owner, service_specific_credential_id)
    credential = replace(present, password=new_password(ctx))
    ctx.account.table(ServiceCredential).put(credential.id, credential)
    return {"ServiceSpecificCredential": service_credential_detail(credential, owner, ctx.now)}


@IAM.operation("DeleteServiceSpecificCredential")
def delete_service_specific_credential(
    ctx: Context, *, service_specific_credential_id: str, user_name: str | None = None
) -> None:
    """Delete a credential, for good."""
    credential = find_service_credential(ctx, find_key_owner(ctx, user_name), service_specific_credential_id)
    ctx.account.table(ServiceCredential).delete(credential.id)
