"""Users."""

from __future__ import annotations

from sys import intern
from typing import Any, Final

from fake_iam.control.documents.format import Field, Moment, Text
from fake_iam.control.documents.moments import write_moment
from fake_iam.control.documents.problems import FormatError
from fake_iam.control.nouns.dates import Date, Dates, OrNever, by_name
from fake_iam.control.nouns.exports import Export, Exported, given, tags
from fake_iam.control.nouns.fields import ID, PATH, TAGS, PartitionName
from fake_iam.control.nouns.noun import Dumping, Fields, Import, Noun, Seed
from fake_iam.control.nouns.planting import Carrier, Placed, Planting
from fake_iam.domain import arns
from fake_iam.domain.errors import InvalidInput
from fake_iam.domain.identities.users import User, name_key
from fake_iam.domain.tags import Tag, distinct
from fake_iam.pipeline.engine import Engine
from fake_iam.protocol.partitions import partitions
from fake_iam.store.base import Account


def _item(date: Moment) -> Fields:
    return {
        "name": Field(Text(shape="userNameType"), "the user name", required=True),
        "id": ID,
        "path": PATH,
        "created": Field(date, "when it was created; now if left out"),
        "tags": TAGS,
        "permissions_boundary": Field(Text(shape="arnType"), "the ARN of a policy"),
        "password_last_used": Field(date, "when it last signed in with its password; never if left out"),
        "partition": Field(PartitionName(), "that of its ARN; its account's if left out"),
    }


def _carrier(user: User) -> Carrier:
    return Carrier("user", user.id, user.name, user.partition)


def _plant(planting: Planting, placed: Placed) -> Carrier:
    """Rows are made here, not by CreateUser: seeds may have many thousand users."""
    where, values, users = placed.where, placed.value, planting.account.users
    name = values["name"]
    if users.find("name", name_key(name)):
        raise FormatError((*where, "name"), f"{name!r} is there already")
    user_id = values.get("id") or planting.ids.user_id(planting.account.id)
    if users.get(user_id):
        raise FormatError((*where, "id"), f"{user_id!r} is there already")
    boundary = values.get("permissions_boundary")
    if boundary is not None and not arns.is_policy(boundary):
        raise FormatError((*where, "permissions_boundary"), f"{boundary!r} is not the ARN of a policy")
    if boundary is not None and arns.partition_of(boundary) not in partitions():
        raise FormatError((*where, "permissions_boundary"), f"{boundary!r} is in no partition that there is")
    try:
        tags = distinct(Tag(key, value) for key, value in values.get("tags", {}).items())
    except InvalidInput as problem:
        raise FormatError((*where, "tags"), str(problem.message)) from None
    row = User(
        id=user_id,
        account_id=planting.account.id,
        name=name,
        path=intern(values.get("path", "/")),
        created_at=values.get("created", planting.now),
        tags=tags,
        permissions_boundary=boundary,
        password_last_used=values.get("password_last_used"),
        partition=values.get("partition", placed.carrier.partition),
    )
    users.put(row.id, row)
    return _carrier(row)


def _spell(dumping: Dumping, account: Carrier) -> list[dict[str, Any]]:
    rows = dumping.account.users.after("path", "/")
    return [{**_spelt(row), **dumping.children(_carrier(row))} for row in rows]


def _spelt(user: User) -> dict[str, Any]:
    return given(
        name=user.name,
        id=user.id,
        path=user.path,
        created=write_moment(user.created_at),
        tags={tag.key: tag.value for tag in user.tags},
        permissions_boundary=user.permissions_boundary,
        password_last_used=user.password_last_used and write_moment(user.password_last_used),
        partition=user.partition,
    )


def _take(export: Export, account: Exported) -> list[dict[str, Any]]:
    listed = {user["UserName"]: user for user in export.entries("UserDetailList")}
    names = sorted({**listed, **export.rows}, key=str.lower)
    return [_taken(export, Exported("user", name, listed.get(name, {}), export.rows.get(name, {}))) for name in names]


def _taken(export: Export, user: Exported) -> dict[str, Any]:
    detail, arn_path = user.detail, user.row.get("arn", "").partition(":user")[2]
    boundary = detail.get("PermissionsBoundary") or {}
    return {
        "name": user.name,
        **given(
            id=detail.get("UserId"),
            path=detail.get("Path") or arn_path.removesuffix(user.name),
            created=detail.get("CreateDate") or user.date("user_creation_time"),
            tags=tags(detail),
            permissions_boundary=boundary.get("PermissionsBoundaryArn"),
            password_last_used=user.date("password_last_used"),
        ),
        **export.children(user),
    }


def _owner(engine: Engine, account: Account, owner_id: str) -> User | None:
    return account.users.get(owner_id)


NOUN: Final = Noun(
    name="user",
    title="Users",
    about="Users, with their tags and permissions boundary.",
    rows=(User,),
    operations=("iam.identities.users", "iam.policies.permissions_boundaries", "iam.reports.authorization_details"),
    conformance=("users", "permissions_boundaries", "authorization_details"),
    seed=Seed(field="users", meaning="the users", item=_item, plant=_plant),
    spell=_spell,
    dates=Dates(
        thing="user",
        by="the user's name",
        kind=User,
        dates={
            "created": Date(attribute="created_at", meaning="when it was created"),
            "password_last_used": Date(
                attribute="password_last_used",
                meaning="when it last signed in with its password, or never",
                kind=OrNever,
            ),
        },
        find=by_name(User),
        missing="user",
        begins="created",
        follows=(("created", "password_last_used"),),
        owner=_owner,
    ),
    imports=Import(
        take=_take,
        takes="names, ids, paths, dates, tags and boundaries of `UserDetailList`; names, paths and dates of the report",
        sections=("UserDetailList",),
    ),
)
