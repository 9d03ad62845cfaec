"""Operations on instance profiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any, Final

from fake_iam.domain.errors import LimitExceeded
from fake_iam.domain.identities.instance_profiles import (
    InstanceProfile,
    has_a_role,
    instance_profile_exists,
    no_such_instance_profile,
    role_not_in_profile,
)
from fake_iam.domain.identities.roles import Role, remove_from_instance_profiles_first
from fake_iam.domain.identities.users import name_key
from fake_iam.services.context import Context
from fake_iam.services.iam import tagging, views
from fake_iam.services.iam.identities.role_views import role_core
from fake_iam.services.iam.lookups import find_own_role, find_role
from fake_iam.services.iam.service import IAM
from fake_iam.services.iam.tagging import Tagged


def find_instance_profile(ctx: Context, name: str) -> InstanceProfile:
    """The instance profile of that name, in whatever letter case. Raises NoSuchEntity."""
    profile = ctx.account.table(InstanceProfile).find("name", name_key(name))
    if profile is None or not ctx.sees(profile):
        raise no_such_instance_profile(name)
    return profile


TAGS: Final = Tagged(InstanceProfile, key=attrgetter("id"), find=find_instance_profile, as_set=True)


def profile_summary(ctx: Context, profile: InstanceProfile) -> dict[str, Any]:
    """An instance profile as lists show it: Roles always, tags never (recorded)."""
    role = ctx.account.table(Role).get(profile.owner_id) if profile.owner_id else None
    return {
        "Path": profile.path,
        "InstanceProfileName": profile.name,
        "InstanceProfileId": profile.id,
        "Arn": profile.arn,
        "CreateDate": profile.created_at,
        "Roles": [role_core(ctx, each) for each in (role,) if each is not None],
    }


@IAM.operation("CreateInstanceProfile")
def create_instance_profile(
    ctx: Context, *, instance_profile_name: str, path: str | None = None, tags: Sequence[Mapping[str, str]] = ()
) -> dict[str, Any]:
    """Add an instance profile without a role. The answer shows tags only if some are given (recorded)."""
    given = tagging.given(tags)
    profiles = ctx.account.table(InstanceProfile)
    if profiles.find("name", name_key(instance_profile_name)):
        raise instance_profile_exists(instance_profile_name)
    if len(profiles) >= ctx.quotas.instance_profiles_per_account:
        raise LimitExceeded.quota("InstanceProfilesPerAccount", ctx.quotas.instance_profiles_per_account)
    profile = InstanceProfile(
        id=ctx.ids.unique_id("AIPA", ctx.account.id),
        account_id=ctx.account.id,
        name=instance_profile_name,
        path=path or "/",
        created_at=ctx.now,
        tags=given,
        partition=ctx.partition,
    )
    profiles.put(profile.id, profile)
    return {"InstanceProfile": {**profile_summary(ctx, profile), "Tags": views.tag_list(given) or None}}


@IAM.operation("GetInstanceProfile")
def get_instance_profile(ctx: Context, *, instance_profile_name: str) -> dict[str, Any]:
    """Show an instance profile, its tags even if there are none (recorded)."""
    profile = find_instance_profile(ctx, instance_profile_name)
    return {"InstanceProfile": {**profile_summary(ctx, profile), "Tags": views.tag_list(profile.tags)}}


@IAM.operation("ListInstanceProfiles")
def list_instance_profiles(
    ctx: Context, *, path_prefix: str | None = None, marker: str | None = None, max_items: int | None = None
) -> dict[str, Any]:
    """List the instance profiles whose path begins with the prefix, by name."""
    prefix = path_prefix or "/"
    page = ctx.page(
        lambda last: filter(ctx.sees, ctx.account.table(InstanceProfile).after("path", prefix, last)),
        scope=f"ListInstanceProfiles {prefix}",
        key=lambda profile: profile.name_key,
        marker=marker,
        max_items=max_items,
    )
    return {"InstanceProfiles": [profile_summary(ctx, profile) for profile in page.items], **page.fields()}


@IAM.operation("ListInstanceProfilesForRole")
def list_instance_profiles_for_role(
    ctx: Context, *, role_name: str, marker: str | None = None, max_items: int | None = None
) -> dict[str, Any]:
    """List the instance profiles that a role is in, by name."""
    role = find_role(ctx, role_name)
    found = filter(ctx.sees, ctx.account.table(InstanceProfile).where("owner", role.id))
    page = ctx.page(
        sorted(found, key=lambda profile: profile.name_key),
        scope=f"ListInstanceProfilesForRole {role.id}",
        key=lambda profile: profile.name_key,
        marker=marker,
        max_items=max_items,
    )
    return {"InstanceProfiles": [profile_summary(ctx, profile) for profile in page.items], **page.fields()}


@IAM.operation("AddRoleToInstanceProfile")
def add_role_to_instance_profile(ctx: Context, *, instance_profile_name: str, role_name: str) -> None:
    """Put a role into an empty instance profile; the profile is looked up first (recorded)."""
    profile = find_instance_profile(ctx, instance_profile_name)
    role = find_own_role(ctx, role_name)
    if profile.owner_id is not None:
        raise has_a_role()
    ctx.account.table(InstanceProfile).put(profile.id, replace(profile, owner_id=role.id))


@IAM.operation("RemoveRoleFromInstanceProfile")
def remove_role_from_instance_profile(ctx: Context, *, instance_profile_name: str, role_name: str) -> None:
    """Take the role out of an instance profile; the profile is looked up first, then the role (recorded)."""
    profile = find_instance_profile(ctx, instance_profile_name)
    role = find_own_role(ctx, role_name)
    if profile.owner_id != role.id:
        raise role_not_in_profile(role_name, instance_profile_name)
    ctx.account.table(InstanceProfile).put(profile.id, replace(profile, owner_id=None))


@IAM.operation("DeleteInstanceProfile")
def delete_instance_profile(ctx: Context, *, instance_profile_name: str) -> None:
    """Delete an instance profile that holds no role."""
    profile = find_instance_profile(ctx, instance_profile_name)
    if profile.owner_id is not None:
        raise remove_from_instance_profiles_first()
    ctx.account.table(InstanceProfile).delete(profile.id)


@IAM.operation("TagInstanceProfile")
def tag_instance_profile(ctx: Context, *, instance_profile_name: str, tags: Sequence[Mapping[str, str]]) -> None:
    """Add tags to an instance profile; a key that is there takes the new value and spelling."""
    tagging.add(ctx, TAGS, instance_profile_name, tags)


@IAM.operation("UntagInstanceProfile")
def untag_instance_profile(ctx: Context, *, instance_profile_name: str, tag_keys: Sequence[str]) -> None:
    """Take tags off an instance profile; keys that are not there are passed over."""
    tagging.remove(ctx, TAGS, instance_profile_name, tag_keys)


@IAM.operation("ListInstanceProfileTags")
def list_instance_profile_tags(
    ctx: Context, *, instance_profile_name: str, marker: str | None = None, max_items: int | None = None
) -> dict[str, Any]:
    """List an instance profile's tags in the order in which their keys were first set (recorded)."""
    return tagging.listed(ctx, TAGS, instance_profile_name, "ListInstanceProfileTags", marker, max_items)
