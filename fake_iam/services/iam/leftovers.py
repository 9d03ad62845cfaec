"""What may hang on a user in AWS and cannot here yet: its lists are empty, its password is absent.

Clients ask for these before they delete a user. Each moves to its own noun's module when that noun exists.
"""

from __future__ import annotations

from typing import Any, NoReturn

from fake_iam.domain.errors import NoSuchEntity
from fake_iam.services.context import Context
from fake_iam.services.iam.lookups import find_key_owner, find_user
from fake_iam.services.iam.service import IAM


def empty(ctx: Context, member: str, marker: str | None) -> dict[str, Any]:
    """A list of nothing, which has given out no marker. Raises ValidationError for a marker."""
    nothing: list[str] = []
    page = ctx.page(nothing, scope=member, key=str, marker=marker, max_items=None)
    return {member: nothing, **page.fields()}


@IAM.operation("ListGroupsForUser")
def list_groups_for_user(
    ctx: Context, *, user_name: str, marker: str | None = None, max_items: int | None = None
) -> dict[str, Any]:
    """There are no groups yet."""
    find_user(ctx, user_name)
    return empty(ctx, "Groups", marker)


@IAM.operation("ListUserPolicies")
def list_user_policies(
    ctx: Context, *, user_name: str, marker: str | None = None, max_items: int | None = None
) -> dict[str, Any]:
    """There are no inline policies yet."""
    find_user(ctx, user_name)
    return empty(ctx, "PolicyNames", marker)


@IAM.operation("ListAttachedUserPolicies")
def list_attached_user_policies(
    ctx: Context,
    *,
    user_name: str,
    path_prefix: str | None = None,
    marker: str | None = None,
    max_items: int | None = None,
) -> dict[str, Any]:
    """There are no managed policies yet."""
    find_user(ctx, user_name)
    return empty(ctx, "AttachedPolicies", marker)


@IAM.operation("ListMFADevices")
def list_mfa_devices(
    ctx: Context, *, user_name: str | None = None, marker: str | None = None, max_items: int | None = None
) -> dict[str, Any]:
    """There are no MFA devices yet."""
    find_key_owner(ctx, user_name)
    return empty(ctx, "MFADevices", marker)


@IAM.operation("ListVirtualMFADevices")
def list_virtual_mfa_devices(
    ctx: Context,
    *,
    assignment_status: str | None = None,
    marker: str | None = None,
    max_items: int | None = None,
) -> dict[str, Any]:
    """There are no virtual MFA devices yet."""
    return empty(ctx, "VirtualMFADevices", marker)


@IAM.operation("ListSSHPublicKeys")
def list_ssh_public_keys(
    ctx: Context, *, user_name: str | None = None, marker: str | None = None, max_items: int | None = None
) -> dict[str, Any]:
    """There are no SSH keys yet."""
    find_key_owner(ctx, user_name)
    return empty(ctx, "SSHPublicKeys", marker)


@IAM.operation("ListSigningCertificates")
def list_signing_certificates(
    ctx: Context, *, user_name: str | None = None, marker: str | None = None, max_items: int | None = None
) -> dict[str, Any]:
    """There are no signing certificates yet."""
    find_key_owner(ctx, user_name)
    return empty(ctx, "Certificates", marker)


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
    """There are no service-specific credentials yet."""
    if not all_users:
        find_key_owner(ctx, user_name)
    return empty(ctx, "ServiceSpecificCredentials", marker)


@IAM.operation("GetLoginProfile")
def get_login_profile(ctx: Context, *, user_name: str | None = None) -> NoReturn:
    """Nobody has a password yet."""
    _no_login_profile(ctx, user_name)


@IAM.operation("DeleteLoginProfile")
def delete_login_profile(ctx: Context, *, user_name: str | None = None) -> NoReturn:
    """Nobody has a password yet."""
    _no_login_profile(ctx, user_name)


def _no_login_profile(ctx: Context, user_name: str | None) -> NoReturn:
    owner = find_key_owner(ctx, user_name)
    raise NoSuchEntity.login_profile(owner.name if owner else ctx.account.id)
