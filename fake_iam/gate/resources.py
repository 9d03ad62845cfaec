"""The resources that an action is done to, as ARNs that policies name.

The service authorization reference has the types of resources of every action, with their ARNs: what varies in them is
sought among the call's members, by name. What cannot be found so is ``*``: only policies that allow the action on
everything allow it then.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import product
from math import prod
from typing import Any, Final, NamedTuple

from fake_iam.domain.policy.service_authorization import Action, find_action, find_service
from fake_iam.gate.actions import Needed

EVERYTHING: Final = "*"
LONGEST_ARN: Final = 2048
MOST_ARNS: Final = 10_000
PLACE: Final = ("Partition", "Region", "Account")
"""What ARNs say of where a thing is, in the order of ``Place``."""
VARIABLE: Final = re.compile(r"\$\{(\w+)\}", re.ASCII)
ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "s3:BucketName": ("Bucket",),
    "s3:ObjectName": ("Key",),
    "sqs:QueueName": ("QueueName", "QueueUrl"),
    "ssm:ParameterNameWithoutLeadingSlash": ("Name", "Names"),
    "sns:TopicName": ("Name",),
    "secretsmanager:SecretId": ("SecretId", "Name"),
    "kms:Alias": ("AliasName",),
    "events:EventBusName": ("EventBusName", "Name"),
    "events:RuleName": ("Rule", "Name"),
    "glue:TableName": ("TableName", "Name"),
    "route53:Id": ("HostedZoneId", "Id"),
    "states:StateMachineName": ("Name",),
}
"""Members that name what a variable of an ARN stands for, where they are called otherwise."""

ANY: Final = frozenset({"cloudformation:Id"})
"""Variables of which a call says nothing, and which are asked about as a star."""


class Place(NamedTuple):
    """Where a call is made: what is in ARNs besides names."""

    partition: str
    region: str
    account_id: str


class Resources(NamedTuple):
    """ARNs, and the members that named them."""

    arns: Sequence[str]
    named_by: Mapping[str, Any]


NONE: Final = Resources((EVERYTHING,), {})


def resources_of(needed: Needed, place: Place) -> Resources:
    """What an action is done to."""
    if needed.prefix == "apigateway":
        path = needed.members.get("Path", "/")
        return Resources((f"arn:{place.partition}:apigateway:{place.region}::{path}",), {})
    action = find_action(needed.prefix, needed.name) if find_service(needed.prefix) is not None else None
    if action is None or not action.resources:
        return NONE
    members = {name.lower(): (name, value) for name, value in needed.members.items()}
    best, fullest = NONE, 0
    for template in _templates(needed.prefix, action):
        found = _by_arn(template, needed.members) or _by_names(needed.prefix, template, members, place)
        if found is not None and len(VARIABLE.findall(template)) > fullest:
            best, fullest = found, len(VARIABLE.findall(template))
    return Resources([_as_authorized(needed, arn) for arn in best.arns], best.named_by)


@lru_cache(maxsize=512)
def _templates(prefix: str, action: Action) -> tuple[str, ...]:
    """The ARNs of an action's resources, those that it must have first."""
    service = find_service(prefix)
    assert service is not None
    arns = {kind.name: kind.arn for kind in service.resource_types}
    ordered = sorted(action.resources, key=lambda resource: not resource.required)
    return tuple(arns[resource.type] for resource in ordered if resource.type in arns)


def _by_arn(template: str, members: Mapping[str, Any]) -> Resources | None:
    """The resources if a member is their ARN."""
    for name, value in members.items():
        given = value if isinstance(value, list) else [value]
        if given and all(isinstance(arn, str) and arn[:4] == "arn:" and len(arn) <= LONGEST_ARN for arn in given):
            pattern = _pattern(template)
            if all(pattern.fullmatch(arn) for arn in given):
                return Resources(given, {name: value})
    return None


@lru_cache(maxsize=512)
def _pattern(template: str) -> re.Pattern[str]:
    """What fits a template. Partition, region and account have no colons, of which there may be many in a name."""
    pattern, at = "", 0
    for match in VARIABLE.finditer(template):
        pattern += re.escape(template[at : match.start()]) + ("[^:]*" if match[1] in PLACE else ".*?")
        at = match.end()
    return re.compile(pattern + re.escape(template[at:]), re.DOTALL)


def _by_names(prefix: str, template: str, members: Mapping[str, tuple[str, Any]], place: Place) -> Resources | None:
    """The resources if members have all the names in an ARN."""
    fixed = dict(zip(PLACE, place, strict=True))
    variables = [name for name in VARIABLE.findall(template) if name not in fixed]
    if not variables:
        return None
    choices: list[Sequence[str]] = []
    named_by: dict[str, Any] = {}
    for variable in variables:
        if f"{prefix}:{variable}" in ANY:
            choices.append([EVERYTHING])
            continue
        found = next(_values(prefix, variable, members), None)
        if found is None:
            return None
        member, value, texts = found
        named_by[member] = value
        choices.append(texts)
    if prod(map(len, choices)) > MOST_ARNS:
        return None
    if prefix == "sqs":
        fixed |= _of_queue(members)
    named = (dict(zip(variables, names, strict=True)) for names in product(*choices))
    return Resources([_filled(template, {**fixed, **names}) for names in named], named_by)


def _filled(template: str, values: Mapping[str, str]) -> str:
    return VARIABLE.sub(lambda match: values[match[1]], template)


def _values(
    prefix: str, variable: str, members: Mapping[str, tuple[str, Any]]
) -> Iterator[tuple[str, Any, Sequence[str]]]:
    """The member that has a variable's value, what it is, and as texts."""
    names = ALIASES.get(f"{prefix}:{variable}", ())
    for candidate in (*names, variable, f"{variable}s", f"{variable}Name", variable.removesuffix("Name")):
        member, value = members.get(candidate.lower(), ("", None))
        texts = value if isinstance(value, list) else [value]
        if texts and all(isinstance(text, str) and text for text in texts):
            yield member, value, [_name(prefix, text) for text in texts]


def _name(prefix: str, text: str) -> str:
    """A name as ARNs have it."""
    if prefix == "sqs":
        return text.rstrip("/").rpartition("/")[2]
    if prefix == "kms":
        return text.removeprefix("alias/")
    return text.lstrip("/") if prefix == "ssm" else text


def _of_queue(members: Mapping[str, tuple[str, Any]]) -> dict[str, str]:
    """The account in a queue's URL, which may be another one."""
    url = str(members.get("queueurl", ("", ""))[1])
    account = url.rstrip("/").split("/")[-2:-1]
    return {"Account": account[0]} if account and re.fullmatch(r"\d{12}", account[0], re.ASCII) else {}


def _as_authorized(needed: Needed, arn: str) -> str:
    """An ARN as services ask about it, where that is not the plain one.

    Secrets have six characters behind their names, which are not known here. Log groups are asked about as if they were
    a stream without a name, versions and aliases of functions by their own ARNs. A key's alias does not tell its key.
    """
    if needed.prefix == "secretsmanager" and needed.members.get("SecretId", needed.members.get("Name")) != arn:
        return f"{arn}-??????"
    if needed.prefix == "logs" and ":log-stream:" not in arn and arn.count(":") == 6:
        return f"{arn}:log-stream:"
    if needed.action == "lambda:InvokeFunction" and isinstance(needed.members.get("Qualifier"), str):
        return f"{arn}:{needed.members['Qualifier']}"
    is_alias = needed.prefix == "kms" and str(needed.members.get("KeyId", "")).startswith("alias/")
    return EVERYTHING if is_alias and ":key/" in arn else arn
