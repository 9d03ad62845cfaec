"""The operation that shows a whole account at once: users, groups, roles and policies with all that hangs on them."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from fake_iam.domain.identities.groups import Group, Membership
from fake_iam.domain.identities.instance_profiles import InstanceProfile
from fake_iam.domain.identities.roles import Role
from fake_iam.domain.identities.users import User
from fake_iam.domain.paging import Page
from fake_iam.domain.policies.attachments import Attachment
from fake_iam.domain.policies.aws_catalogue import AWS_PLACES
from fake_iam.domain.policies.inline_policies import InlinePolicy
from fake_iam.domain.policies.managed_policies import ManagedPolicy
from fake_iam.domain.policies.policy_arns import is_of_aws
from fake_iam.services.context import Context
from fake_iam.services.iam import views
from fake_iam.services.iam.identities.instance_profiles import profile_summary
from fake_iam.services.iam.identities.role_views import role_core, role_last_used
from fake_iam.services.iam.policies.policy_lookups import attached_policies, boundaries, usage
from fake_iam.services.iam.policies.policy_views import policy_summary, policy_text, version_summary
from fake_iam.services.iam.service import IAM

Entry = tuple[str, Any]  # a row, and its place among all: the number of its part, then its own place in that
MANY: Final = 100
"""So many rows are shown while others wait; more take long."""
Part = Callable[[Context, "str | None"], Iterable[Any]]


@IAM.operation("GetAccountAuthorizationDetails")
def get_account_authorization_details(
    ctx: Context, *, filter: Sequence[str] = (), max_items: int | None = None, marker: str | None = None
) -> dict[str, Any]:
    """Show users, groups, roles and policies, in this order; MaxItems counts over all four together (documented).

    Policies of AWS are shown if they are attached or a permissions boundary (documented).
    """
    wanted = frozenset(filter) or frozenset(PARTS)
    page = ctx.page(
        lambda last: _walk(ctx, wanted, last),
        scope=f"GetAccountAuthorizationDetails {sorted(wanted)}",
        key=lambda entry: entry[0],
        marker=marker,
        max_items=max_items,
    )
    return ctx.without_lock(lambda: _of_picture(ctx, page)) if len(page.items) > MANY else _details(ctx, page)


def _of_picture(ctx: Context, page: Page[Entry]) -> dict[str, Any]:
    with ctx.picture() as picture:
        return _details(picture, page)


def _details(ctx: Context, page: Page[Entry]) -> dict[str, Any]:
    rows = [row for _, row in page.items]
    return {
        "UserDetailList": [_user(ctx, row) for row in rows if isinstance(row, User)],
        "GroupDetailList": [_group(ctx, row) for row in rows if isinstance(row, Group)],
        "RoleDetailList": [_role(ctx, row) for row in rows if isinstance(row, Role)],
        "Policies": [_policy(ctx, row) for row in rows if isinstance(row, ManagedPolicy)],
        **page.fields(),
    }


def _walk(ctx: Context, wanted: frozenset[str], last: str | None) -> Iterator[Entry]:
    """The rows behind a place, part after part."""
    for number, (name, part) in enumerate(PARTS.items()):
        if name in wanted and (last is None or last[0] <= str(number)):
            behind = last[1:] if last is not None and last[0] == str(number) else None
            for row in part(ctx, behind):
                yield f"{number}{_place(row)}", row


def _place(row: Any) -> str:
    return str(row.place if isinstance(row, ManagedPolicy) else row.name_key)


def _users(ctx: Context, last: str | None) -> Iterable[User]:
    return filter(ctx.sees, ctx.account.users.after("path", "/", last))


def _groups(ctx: Context, last: str | None) -> Iterable[Group]:
    return ctx.account.table(Group).after("path", "/", last)


def _roles(ctx: Context, last: str | None) -> Iterable[Role]:
    return ctx.account.table(Role).after("path", "/", last)


def _own_policies(ctx: Context, last: str | None) -> Iterable[ManagedPolicy]:
    return ctx.account.table(ManagedPolicy).after("path", "/", last)


def _policies_of_aws(ctx: Context, last: str | None) -> Iterator[ManagedPolicy]:
    """Those that are attached or a permissions boundary, each once."""
    start = last or AWS_PLACES
    before = ""
    used = (attached_policies(ctx, "/", start), boundaries(ctx, "/", start))
    for policy in heapq.merge(*used, key=lambda policy: policy.place):
        if is_of_aws(policy.arn) and policy.arn != before:
            yield policy
        before = policy.arn


# Under a name of the filter: its rows behind a place.
PARTS: Final[dict[str, Part]] = {
    "User": _users,
    "Group": _groups,
    "Role": _roles,
    "LocalManagedPolicy": _own_policies,
    "AWSManagedPolicy": _policies_of_aws,
}


def _user(ctx: Context, user: User) -> dict[str, Any]:
    """A user. Without inline policies it has no list of them, unlike groups and roles (recorded)."""
    groups = ctx.account.table(Group)
    memberships = ctx.account.table(Membership).where("owner", user.id)
    joined = [group for each in memberships if (group := groups.get(each.group_id)) is not None]
    return {
        "Path": user.path,
        "UserName": user.name,
        "UserId": user.id,
        "Arn": user.arn,
        "CreateDate": user.created_at,
        "UserPolicyList": _inline(ctx, user.id) or None,
        "GroupList": [group.name for group in sorted(joined, key=lambda group: group.name_key)],
        "AttachedManagedPolicies": _attached(ctx, user.id),
        "PermissionsBoundary": _boundary(user.permissions_boundary),
        "Tags": views.tag_list(views.sorted_tags(user.tags)),
    }


def _group(ctx: Context, group: Group) -> dict[str, Any]:
    return {
        "Path": group.path,
        "GroupName": group.name,
        "GroupId": group.id,
        "Arn": group.arn,
        "CreateDate": group.created_at,
        "GroupPolicyList": _inline(ctx, group.id),
        "AttachedManagedPolicies": _attached(ctx, group.id),
    }


def _role(ctx: Context, role: Role) -> dict[str, Any]:
    profiles = sorted(ctx.account.table(InstanceProfile).where("owner", role.id), key=lambda profile: profile.name_key)
    return {
        **role_core(ctx, role),
        "InstanceProfileList": [profile_summary(ctx, profile) for profile in profiles],
        "RolePolicyList": _inline(ctx, role.id),
        "AttachedManagedPolicies": _attached(ctx, role.id),
        "PermissionsBoundary": _boundary(role.permissions_boundary),
        "Tags": views.tag_list(role.tags),
        "RoleLastUsed": role_last_used(role),
    }


def _policy(ctx: Context, policy: ManagedPolicy) -> dict[str, Any]:
    """A policy with all of its versions, and without its description (recorded for policies of AWS)."""
    return {
        **policy_summary(policy, usage(ctx, policy)),
        "PolicyVersionList": [
            {**version_summary(policy, version), "Document": policy_text(version.document)}
            for version in reversed(policy.versions)
        ],
    }


def _inline(ctx: Context, owner_id: str) -> list[dict[str, str]]:
    policies = sorted(ctx.account.table(InlinePolicy).where("owner", owner_id), key=lambda policy: policy.name)
    return [{"PolicyName": policy.name, "PolicyDocument": policy_text(policy.document)} for policy in policies]


def _attached(ctx: Context, owner_id: str) -> list[dict[str, str]]:
    rows = sorted(ctx.account.table(Attachment).where("owner", owner_id), key=lambda row: row.policy_name.lower())
    return [{"PolicyName": row.policy_name, "PolicyArn": row.policy_arn} for row in rows]


def _boundary(arn: str | None) -> dict[str, str] | None:
    """The permissions boundary, or nothing. Published output of this operation has the type as the model has it."""
    if arn is None:
        return None
    return {"PermissionsBoundaryType": "PermissionsBoundaryPolicy", "PermissionsBoundaryArn": arn}
