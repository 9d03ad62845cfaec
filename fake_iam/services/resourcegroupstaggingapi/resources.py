"""Finding resources by their tags, and the tags that are in use.

Resources that had tags once and have none now are left out, which AWS does for services that tell it of every change
(aws/aws-sdk#302). The order of all lists is assumed: that of the ARNs, and of the alphabet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from heapq import merge
from itertools import islice
from operator import attrgetter
from typing import Any

from fake_iam.domain.tagging import filters
from fake_iam.domain.tagging.pages import read_token, write_token
from fake_iam.domain.tagging.resource_arns import other_partition, read_arn
from fake_iam.domain.tags import Tag
from fake_iam.services.context import Context
from fake_iam.services.resourcegroupstaggingapi.resource_types import SHOWN, TYPES
from fake_iam.services.resourcegroupstaggingapi.service import TAGGING


@TAGGING.operation("GetResources")
def get_resources(
    ctx: Context,
    *,
    pagination_token: str | None = None,
    tag_filters: Sequence[Mapping[str, Any]] = (),
    resources_per_page: int | None = None,
    tags_per_page: int | None = None,
    resource_type_filters: Sequence[str] = (),
    include_compliance_details: bool = False,
    exclude_compliant_resources: bool = False,
    resource_arn_list: Sequence[str] = (),
) -> dict[str, Any]:
    """List what has tags, and those tags: policies, instance profiles, providers, certificates and MFA devices.

    IAM's resources are in one region of each partition; users and roles are not shown, as AWS does not show them.
    """
    filters.check_compliance(include=include_compliance_details, exclude=exclude_compliant_resources)
    filters.check_limits(resources_per_page, tags_per_page, resource_type_filters)
    filters.check_filters(tag_filters)
    filters.check_list(
        resource_arn_list,
        ResourceTypeFilters=resource_type_filters,
        TagFilters=tag_filters,
        ResourcesPerPage=resources_per_page,
        TagsPerPage=tags_per_page,
        PaginationToken=pagination_token,
    )
    scope = f"GetResources {[dict(each) for each in tag_filters]} {list(resource_type_filters)}"
    more = False
    rows: list[Any] = []
    if resource_arn_list:
        rows = _named(ctx, resource_arn_list)
    else:
        last = read_token(scope, pagination_token, ctx.now)
        types = filters.types_meant(resource_type_filters, SHOWN)
        found = (row for row in _tagged(ctx, types, last) if filters.is_meant(row.tags, tag_filters))
        rows, more = _cut(found, min(resources_per_page or filters.PER_PAGE[-1], ctx.quotas.page_size), tags_per_page)
    if exclude_compliant_resources:
        rows, more = [], False
    return {
        "PaginationToken": write_token(scope, rows[-1].arn, ctx.now) if more else "",
        "ResourceTagMappingList": [
            {
                "ResourceARN": row.arn,
                "Tags": [{"Key": tag.key, "Value": tag.value} for tag in row.tags],
                "ComplianceDetails": _compliance() if include_compliance_details else None,
            }
            for row in rows
        ],
    }


@TAGGING.operation("GetTagKeys")
def get_tag_keys(ctx: Context, *, pagination_token: str | None = None) -> dict[str, Any]:
    """List the keys of the tags that GetResources shows."""
    keys, token = _texts(ctx, "GetTagKeys", pagination_token, lambda tag: tag.key)
    return {"PaginationToken": token, "TagKeys": list(keys)}


@TAGGING.operation("GetTagValues")
def get_tag_values(ctx: Context, *, key: str, pagination_token: str | None = None) -> dict[str, Any]:
    """List the values that the tags of a key have, of those that GetResources shows."""
    scope = f"GetTagValues {key}"
    values, token = _texts(ctx, scope, pagination_token, lambda tag: tag.value if tag.key == key else None)
    return {"PaginationToken": token, "TagValues": list(values)}


def _compliance() -> dict[str, Any]:
    """What is said of every resource: there are no tag policies here."""
    return {"NoncompliantKeys": [], "KeysWithNoncompliantValues": [], "ComplianceStatus": True}


def _tagged(ctx: Context, types: Iterable[str], last: str | None = None) -> Iterator[Any]:
    """The tagged rows of the types by their ARNs, those behind ``last``; none unless the call is made in IAM's region.

    A call without a signature counts as made there.
    """
    if ctx.region not in ("", ctx.world.iam_region(ctx.partition)):
        return iter(())
    tables = [ctx.account.table(TYPES[name].kind) for name in types]
    rows = merge(*(table.after("tagged", "tagged/", last) for table in tables), key=attrgetter("arn"))
    return (row for row in rows if row.arn.startswith(f"arn:{ctx.partition}:"))


def _named(ctx: Context, texts: Sequence[str]) -> list[Any]:
    """The tagged rows of those ARNs that there are. Raises InvalidParameterException for what is no ARN."""
    arns = [read_arn(text) for text in texts]
    for arn in arns:
        if arn.partition != ctx.partition:
            raise other_partition(arn, ctx.partition)
    types = {arn.type for arn in arns if arn.service == filters.SERVICE}
    wanted = set(texts)
    return [row for row in _tagged(ctx, types.intersection(SHOWN)) if row.arn in wanted]


def _cut(found: Iterable[Any], size: int, most_tags: int | None) -> tuple[list[Any], bool]:
    """As many rows as go on a page, and whether there are more. A row's tags stay together."""
    rows: list[Any] = []
    tags = 0
    for row in found:
        tags += len(row.tags)
        if len(rows) == size or (most_tags is not None and tags > most_tags):
            return rows, True
        rows.append(row)
    return rows, False


def _texts(
    ctx: Context, scope: str, token: str | None, text_of: Callable[[Tag], str | None]
) -> tuple[Sequence[str], str]:
    """A page of the texts that tags have, each once, and the token of the next page."""
    last = read_token(scope, token, ctx.now)
    texts = {text for row in _tagged(ctx, SHOWN) for tag in row.tags if (text := text_of(tag)) is not None}
    size = ctx.quotas.page_size
    found = list(islice((text for text in sorted(texts) if last is None or text > last), size + 1))
    return found[:size], write_token(scope, found[size - 1], ctx.now) if len(found) > size else ""
