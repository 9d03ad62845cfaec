"""Putting tags on resources, and taking them off: by IAM's own operations, resource by resource.

What IAM refuses of one resource is told of that resource alone (documented). An ARN that cannot be is an error of the
whole request, and nothing is done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from fake_iam.domain.errors import AccessDenied
from fake_iam.domain.identities.users import name_key
from fake_iam.domain.tagging.filters import SERVICE
from fake_iam.domain.tagging.resource_arns import ResourceArn, no_arn, other_partition, read_arn
from fake_iam.services.access.caller_policies import KnownCallers
from fake_iam.services.access.permission import Attempt, denial_of
from fake_iam.services.context import Context, Failure
from fake_iam.services.resourcegroupstaggingapi.resource_types import TYPES, ResourceType
from fake_iam.services.resourcegroupstaggingapi.service import TAGGING

Members = Mapping[str, Any]
UNLIMITED: Final = frozenset({"root", "anonymous"})


@TAGGING.operation("TagResources")
def tag_resources(ctx: Context, *, resource_arn_list: Sequence[str], tags: Mapping[str, str]) -> dict[str, Any]:
    """Put tags on resources of IAM, users and roles among them; what fails is told resource by resource."""
    members = {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}
    flat = {
        f"Tags.member.{number}.{name}": text
        for number, tag in enumerate(members["Tags"], start=1)
        for name, text in tag.items()
    }
    return {"FailedResourcesMap": _change(ctx, "Tag", resource_arn_list, members, flat)}


@TAGGING.operation("UntagResources")
def untag_resources(ctx: Context, *, resource_arn_list: Sequence[str], tag_keys: Sequence[str]) -> dict[str, Any]:
    """Take tags off resources of IAM; keys that are not there are passed over."""
    flat = {f"TagKeys.member.{number}": key for number, key in enumerate(tag_keys, start=1)}
    return {"FailedResourcesMap": _change(ctx, "Untag", resource_arn_list, {"TagKeys": tag_keys}, flat)}


def _change(
    ctx: Context, verb: str, texts: Sequence[str], members: Members, flat: Mapping[str, str]
) -> dict[str, dict[str, Any]]:
    """Do IAM's operation on each resource, and say what became of those that fail.

    ``flat`` are the members as a form has them, by which policies are asked. Raises InvalidParameterException.
    """
    arns = [read_arn(text) for text in dict.fromkeys(texts)]
    for arn in arns:
        if arn.partition != ctx.partition:
            raise other_partition(arn, ctx.partition)
        if arn.service == SERVICE and arn.type not in TYPES:
            raise no_arn(arn.text)
    failures = {arn.text: _change_one(ctx, verb, arn, members, flat) for arn in arns}
    return {
        text: {"StatusCode": failure.status, "ErrorCode": failure.code, "ErrorMessage": failure.message}
        for text, failure in failures.items()
        if failure is not None
    }


def _change_one(ctx: Context, verb: str, arn: ResourceArn, members: Members, flat: Mapping[str, str]) -> Failure | None:
    if arn.service != SERVICE:
        return Failure("InternalServiceException", f"fake_iam has no resources of {arn.service}.", 500)
    meant = TYPES[arn.type]
    operation = f"{verb}{meant.noun}"
    named = {meant.parameter: arn.text if meant.missing is None else arn.last}

    def attempt() -> None:
        _ask_policies(ctx, operation, {**named, **flat})
        _check_place(ctx, meant, arn)
        ctx.world.operate(ctx, SERVICE, operation, {**named, **members})

    return ctx.world.failure(SERVICE, attempt)


def _ask_policies(ctx: Context, operation: str, parameters: Mapping[str, str]) -> None:
    """Ask the caller's policies for IAM's own operation, too, which is documented. Raises AccessDenied."""
    if ctx.caller.kind in UNLIMITED or ctx.world.enforcement == "off":
        return
    account = ctx.world.sight.deciding(SERVICE, ctx.account, ctx.now)
    known = KnownCallers().find(ctx.store, account, ctx.caller)
    denial = denial_of(ctx.store, ctx.caller, known, Attempt(SERVICE, operation, parameters, dict, ctx.now))
    if denial is None:
        return
    ctx.denial = denial
    if ctx.world.enforcement == "on":
        raise AccessDenied(denial.text)


def _check_place(ctx: Context, meant: ResourceType, arn: ResourceArn) -> None:
    """Hold what goes by a name to its account and path, which IAM's operation does not ask for. Raises NoSuchEntity."""
    if meant.missing is not None:
        row = ctx.account.table(meant.kind).find("name", name_key(arn.last))
        if row is None or row.arn != arn.text:
            raise meant.missing(arn.last)
