"""What is kept of a caller's policies: as long as it holds, and not a change longer."""

from __future__ import annotations

import pytest

from fake_iam.services.access.caller_policies import KnownCallers
from fake_iam.services.context import Caller
from tests.support import Wire

ACCOUNT = "123456789012"
ALL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
TAG = {"Tags.member.1.Key": "team", "Tags.member.1.Value": "blue"}


@pytest.mark.parametrize(
    ("operation", "parameters", "holds"),
    [
        ("CreateUser", {"UserName": "carol"}, True),
        ("TagUser", {"UserName": "bob", **TAG}, True),
        ("TagUser", {"UserName": "alice", **TAG}, False),
        ("UpdateUser", {"UserName": "alice", "NewPath": "/team/"}, False),
        ("PutUserPermissionsBoundary", {"UserName": "alice", "PermissionsBoundary": READ_ONLY}, False),
        ("PutUserPolicy", {"UserName": "alice", "PolicyName": "own", "PolicyDocument": ALL}, False),
        ("AttachUserPolicy", {"UserName": "alice", "PolicyArn": READ_ONLY}, False),
        ("AddUserToGroup", {"UserName": "alice", "GroupName": "admins"}, False),
        ("PutGroupPolicy", {"GroupName": "admins", "PolicyName": "all", "PolicyDocument": ALL}, False),
    ],
)
def test_a_caller_is_known_until_something_changes_that_it_depends_on(
    operation: str, parameters: dict[str, str], holds: bool
) -> None:
    wire, known = Wire(), KnownCallers()
    wire.user("alice")
    wire.user("bob")
    wire.call("CreateGroup", GroupName="admins")
    store, key_id = wire.assembled.engine.store, wire.key("alice").id

    def find() -> object:
        user = store.account(ACCOUNT).users.find("name", "alice")
        assert user is not None
        return known.find(store, Caller.user(user, key_id, partition="aws"))

    before = find()
    assert find() is before
    wire.call(operation, **parameters)
    assert (find() is before) is holds
