"""The policies of a user, group or role as simulations name them, and what simulations leave out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from fake_iam.domain import arns
from fake_iam.domain.errors import InvalidInput, NoSuchEntity
from fake_iam.domain.identities.groups import Group, Membership
from fake_iam.domain.identities.roles import Role
from fake_iam.domain.identities.users import User, name_key
from fake_iam.domain.policies.inline_policies import InlinePolicy
from fake_iam.domain.policy.decisions import Policy
from fake_iam.services.access.caller_policies import attached_policies, managed
from fake_iam.services.context import Context

KINDS: Final[Mapping[str, type[Any]]] = {"user": User, "group": Group, "role": Role}
BOUNDARY: Final = "permission-boundary"


class Source(NamedTuple):
    """A policy as a simulation names it, and what hides it: its type, and whose and which it is."""

    policy: Policy
    type: str
    owner: tuple[str, str]


def find_source(ctx: Context, arn: str) -> User | Group | Role:
    """The user, group or role of an ARN.

    Raises:
        InvalidInput: it is the ARN of something else, such as a session.
        NoSuchEntity: there is none (recorded).
    """
    parts = arns.identity_parts(arn)
    if parts is None:
        raise InvalidInput(f"Invalid ARN provided in the request: {arn}")
    found = None
    if parts.account_id == ctx.account.id:
        found = ctx.account.table(KINDS[parts.kind]).find("name", name_key(parts.name))
    if found is None or found.arn != arn:
        raise NoSuchEntity("Unable to retrieve specified IAM entity.")
    entity: User | Group | Role = found
    return entity


def sources_of(ctx: Context, entity: User | Group | Role) -> Iterator[Source]:
    """Its policies, and for a user those of its groups."""
    yield from _owned(ctx, type(entity).__name__.lower(), entity.id, entity.name)
    if isinstance(entity, User):
        for member in ctx.account.table(Membership).where("owner", entity.id):
            group = ctx.account.table(Group).get(member.group_id)
            assert group is not None
            yield from _owned(ctx, "group", group.id, group.name)


def boundary_of(ctx: Context, entity: User | Group | Role) -> list[Source] | None:
    """Its permissions boundary; None if it has none."""
    arn = None if isinstance(entity, Group) else entity.permissions_boundary
    if arn is None:
        return None
    return [Source(policy, BOUNDARY, ("", "")) for policy in managed(ctx.account, [arn])]


def _owned(ctx: Context, kind: str, owner_id: str, owner_name: str) -> Iterator[Source]:
    for inline in ctx.account.table(InlinePolicy).where("owner", owner_id):
        named = f"{kind}_{owner_name}_{inline.name}"
        yield Source(Policy(named, inline.document), "inline", (kind, f"{owner_name}/{inline.name}"))
    for policy in attached_policies(ctx.account, owner_id):
        assert policy.arn is not None
        yield Source(policy, "aws-managed" if ":iam::aws:" in policy.arn else "user-managed", (kind, owner_name))


def without(sources: Iterable[Source], excluded: Sequence[Mapping[str, Any]]) -> list[Policy]:
    """The policies that no entry of a PolicyExclusionList names. An entry without a name takes all of its type."""
    return [source.policy for source in sources if not any(_is_meant(source, entry) for entry in excluded)]


def _is_meant(source: Source, entry: Mapping[str, Any]) -> bool:
    if entry.get("PolicyType") != source.type:
        return False
    if "PolicyArn" in entry:
        return bool(entry["PolicyArn"] == source.policy.arn)
    inline = entry.get("InlinePolicyIdentifier")
    if inline is None:
        return True
    kind, name = source.owner
    wanted = f"{inline.get('AttachmentName')}/{inline.get('PolicyName')}"
    return bool(kind == inline.get("AttachmentType") and name == wanted)
