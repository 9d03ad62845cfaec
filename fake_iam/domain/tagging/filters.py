"""Which tagged resources a request of the Resource Groups Tagging API is about. Source: GetResources, API reference."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from fake_iam.domain.errors import InvalidParameterException
from fake_iam.domain.tags import Tag

SERVICE: Final = "iam"
PER_PAGE: Final = range(1, 101)
TAGS_PER_PAGE: Final = range(100, 501)
MOST_TYPES: Final = 100


def types_meant(filters: Iterable[str], known: Collection[str]) -> list[str]:
    """The types of IAM that are meant by filters such as ``iam`` or ``iam:policy``; all if there is no filter."""
    given = set(filters)
    if not given or SERVICE in given:
        return list(known)
    return [each for each in known if f"{SERVICE}:{each}" in given]


def is_meant(tags: Sequence[Tag], filters: Iterable[Mapping[str, Any]]) -> bool:
    """Whether tags satisfy all filters: a key, with one of the values if there are any. Letter case counts."""
    values = {tag.key: tag.value for tag in tags}
    return all(
        each["Key"] in values and (not each.get("Values") or values[each["Key"]] in each["Values"]) for each in filters
    )


def check_filters(filters: Iterable[Mapping[str, Any]]) -> None:
    """Hold filters to having a key (documented; the text is assumed). Raises InvalidParameterException."""
    if any("Key" not in each for each in filters):
        raise InvalidParameterException("Each TagFilter must contain a key.")


def check_limits(resources_per_page: int | None, tags_per_page: int | None, types: Sequence[str]) -> None:
    """Hold numbers to their ranges, which are documented; the texts are assumed. Raises InvalidParameterException."""
    for name, number, allowed in (
        ("ResourcesPerPage", resources_per_page, PER_PAGE),
        ("TagsPerPage", tags_per_page, TAGS_PER_PAGE),
    ):
        if number is not None and number not in allowed:
            raise InvalidParameterException(f"{name} must be between {allowed[0]} and {allowed[-1]}.")
    if len(types) > MOST_TYPES:
        raise InvalidParameterException(f"ResourceTypeFilters can include up to {MOST_TYPES} items.")


def check_list(arns: Sequence[str], **others: object) -> None:
    """Hold a list of ARNs to coming without what chooses resources or pages (documented; the text is assumed).

    Raises:
        InvalidParameterException: one of the others is given, too.
    """
    for name, value in others.items():
        if arns and value:
            raise InvalidParameterException(f"ResourceARNList and {name} cannot be specified in the same request.")


def check_compliance(*, include: bool, exclude: bool) -> None:
    """Hold ExcludeCompliantResources to coming with IncludeComplianceDetails (documented; the text is assumed).

    Raises:
        InvalidParameterException: it comes alone.
    """
    if exclude and not include:
        raise InvalidParameterException(
            "ExcludeCompliantResources can be true only if IncludeComplianceDetails is also true."
        )
