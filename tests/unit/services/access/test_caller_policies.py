"""What is kept of a caller's policies: as long as it holds, and not a change longer."""

from __future__ import annotations

from pathlib import Path

import pytest

from fake_iam.services.access.caller_policies import KnownCallers
from fake_iam.services.context import Caller
from tests.conftest import new_address
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
@pytest.mark.parametrize("engine", ["memory", "sqlite"])
def test_a_caller_is_known_until_something_changes_that_it_depends_on(
    request: pytest.FixtureRequest, tmp_path: Path, engine: str, operation: str, parameters: dict[str, str], holds: bool
) -> None:
    wire, known = Wire(store=new_address(request, engine, tmp_path)), KnownCallers()
    wire.user("alice")
    wire.user("bob")
    wire.call("CreateGroup", GroupName="admins")
    store, key_id = wire.assembled.engine.store, wire.key("alice").id

    def find() -> object:
        account = store.account(ACCOUNT)
        user = account.users.find("name", "alice")
        assert user is not None
        return known.find(store, account, Caller.user(user, key_id, partition="aws"))

    before = find()
    assert find() is before
    wire.call(operation, **parameters)
    assert (find() is before) is holds
    wire.assembled.rest()


def test_a_caller_is_known_until_another_process_changes_something(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/store.db"
    wire, other = Wire(store=address), Wire(store=address)
    wire.user("alice")
    key, known = wire.key("alice"), KnownCallers()
    user = wire.assembled.engine.store.account(ACCOUNT).users.find("name", "alice")
    assert user is not None
    caller = Caller.user(user, key.id, partition="aws")

    def names() -> list[str]:
        store = wire.assembled.engine.store
        found = known.find(store, store.account(ACCOUNT), caller)
        return [policy.name for policy in found.judge.policies.identity]

    assert names() == []
    other.call("PutUserPolicy", UserName="alice", PolicyName="own", PolicyDocument=ALL)
    assert names() == ["own"]
    wire.assembled.rest()
    other.assembled.rest()
