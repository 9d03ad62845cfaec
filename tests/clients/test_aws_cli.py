"""The AWS CLI, as people type it."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fake_iam import FakeIAM
from tests.clients.shell import Outcome, isolated, run
from tests.support import INVALID_TOKEN, Key

ABSENT = "AKIAQAAAAAAAAAAAAAAA"


def find_cli() -> tuple[str, ...] | None:
    """How to call the CLI: the one that AWS_CLI names, such as one of release 2, else the one of this Python."""
    named = os.environ.get("AWS_CLI")
    if named:
        return (named,)
    return (sys.executable, "-m", "awscli") if importlib.util.find_spec("awscli") else None


CLI = find_cli()
pytestmark = pytest.mark.skipif(CLI is None, reason="the AWS CLI is not installed: tox -e clients")

# The first releases, 1.29 and 2.13, that read AWS_ENDPOINT_URL_IAM. An older one would call AWS itself.
FIRST = {1: (1, 29), 2: (2, 13)}


@pytest.fixture(scope="module", autouse=True)
def _new_enough(tmp_path_factory: pytest.TempPathFactory) -> None:
    assert CLI is not None
    home = tmp_path_factory.mktemp("home")
    shown = run(*CLI, "--version", at=home, environment=isolated(home))
    found = re.match(r"aws-cli/(\d+)\.(\d+)", shown.out)
    assert found is not None, shown
    version = (int(found[1]), int(found[2]))
    if version < FIRST.get(version[0], (0, 0)):
        pytest.skip(f"the AWS CLI {found[0]} is too old to be sent elsewhere by AWS_ENDPOINT_URL_IAM")


class Cli:
    """``aws`` with the credentials of the root user, or of a key."""

    def __init__(self, fake: FakeIAM, home: Path, key: Key | None = None) -> None:
        own = {} if key is None else {"AWS_ACCESS_KEY_ID": key.id, "AWS_SECRET_ACCESS_KEY": key.secret}
        self._home = home
        self._environment = isolated(home, **{**fake.environment(), **own})

    def run(self, *arguments: str) -> Outcome:
        """``aws ARGUMENTS``, to its end."""
        assert CLI is not None
        return run(*CLI, *arguments, "--output", "json", at=self._home, environment=self._environment)

    def ok(self, *arguments: str) -> Any:
        """The answer of a call that succeeds; None if it has none."""
        done = self.run(*arguments)
        assert (done.status, done.err) == (0, ""), done
        return json.loads(done.out) if done.out else None

    def refused(self, *arguments: str) -> str:
        """What is said on stderr by a call that fails at the service."""
        done = self.run(*arguments)
        assert (done.status in (254, 255), done.out) == (True, ""), done
        return done.err.strip()


def refusal(operation: str, code: str, text: str) -> str:
    """An error as version 1 words it; version 2 differs before it, not in it."""
    return f"An error occurred ({code}) when calling the {operation} operation: {text}"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def aws(fake: FakeIAM, home: Path) -> Cli:
    """The CLI of the root user."""
    return Cli(fake, home)


@pytest.fixture
def alice(fake: FakeIAM) -> Key:
    """The one key of the user alice. Made over boto3: each run of the CLI takes a second."""
    iam = fake.client("iam")
    iam.create_user(UserName="alice")
    return new_key(fake, "alice")


@pytest.fixture
def as_alice(fake: FakeIAM, home: Path, alice: Key) -> Iterator[Cli]:
    """The CLI of the user alice."""
    yield Cli(fake, home, alice)


def new_key(fake: FakeIAM, name: str) -> Key:
    made = fake.client("iam").create_access_key(UserName=name)["AccessKey"]
    return Key(made["AccessKeyId"], made["SecretAccessKey"])


def status_of(fake: FakeIAM, key: Key, name: str = "alice") -> str:
    listed = fake.client("iam").list_access_keys(UserName=name)["AccessKeyMetadata"]
    return next(str(member["Status"]) for member in listed if member["AccessKeyId"] == key.id)


def test_a_key_lives_from_create_to_delete(aws: Cli) -> None:
    user = aws.ok("iam", "create-user", "--user-name", "alice", "--path", "/team/")["User"]
    assert user["Arn"] == "arn:aws:iam::123456789012:user/team/alice"
    key = aws.ok("iam", "create-access-key", "--user-name", "alice")["AccessKey"]
    assert (key["UserName"], key["Status"]) == ("alice", "Active")
    named = ("--user-name", "alice", "--access-key-id", key["AccessKeyId"])
    assert aws.ok("iam", "update-access-key", *named, "--status", "Inactive") is None
    listed = aws.ok("iam", "list-access-keys", "--user-name", "alice")["AccessKeyMetadata"]
    assert [(member["AccessKeyId"], member["Status"]) for member in listed] == [(key["AccessKeyId"], "Inactive")]
    assert aws.ok("iam", "delete-access-key", *named) is None
    assert aws.ok("iam", "delete-user", "--user-name", "alice") is None
    assert aws.ok("iam", "list-users") == {"Users": []}


def test_a_third_key_is_refused(fake: FakeIAM, aws: Cli, alice: Key) -> None:
    new_key(fake, "alice")
    said = aws.refused("iam", "create-access-key", "--user-name", "alice")
    assert refusal("CreateAccessKey", "LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2") in said


def test_a_user_that_is_there_is_not_created(aws: Cli, alice: Key) -> None:
    said = aws.refused("iam", "create-user", "--user-name", "alice")
    assert refusal("CreateUser", "EntityAlreadyExists", "User with name alice already exists.") in said


def test_with_a_user_name_that_users_key_is_switched(fake: FakeIAM, aws: Cli, alice: Key) -> None:
    aws.ok("iam", "update-access-key", "--user-name", "alice", "--access-key-id", alice.id, "--status", "Inactive")
    assert status_of(fake, alice) == "Inactive"


def test_without_a_user_name_the_callers_own_key_is_switched(fake: FakeIAM, as_alice: Cli) -> None:
    other = new_key(fake, "alice")
    as_alice.ok("iam", "update-access-key", "--access-key-id", other.id, "--status", "Inactive")
    assert status_of(fake, other) == "Inactive"


def test_without_a_user_name_a_key_of_someone_else_is_absent(fake: FakeIAM, aws: Cli, alice: Key) -> None:
    said = aws.refused("iam", "update-access-key", "--access-key-id", alice.id, "--status", "Inactive")
    text = f"The Access Key with id {alice.id} cannot be found."
    assert refusal("UpdateAccessKey", "NoSuchEntity", text) in said
    assert status_of(fake, alice) == "Active"


def test_without_a_user_name_the_callers_own_keys_are_listed(as_alice: Cli, alice: Key) -> None:
    listed = as_alice.ok("iam", "list-access-keys")["AccessKeyMetadata"]
    assert [(member["UserName"], member["AccessKeyId"]) for member in listed] == [("alice", alice.id)]


def test_without_a_user_name_a_key_is_made_for_the_caller(as_alice: Cli) -> None:
    assert as_alice.ok("iam", "create-access-key")["AccessKey"]["UserName"] == "alice"


def test_an_inactive_key_is_refused_and_an_active_one_is_not(fake: FakeIAM, as_alice: Cli, alice: Key) -> None:
    iam = fake.client("iam")
    iam.update_access_key(UserName="alice", AccessKeyId=alice.id, Status="Inactive")
    said = as_alice.refused("sts", "get-caller-identity")
    assert refusal("GetCallerIdentity", "InvalidClientTokenId", INVALID_TOKEN) in said
    iam.update_access_key(UserName="alice", AccessKeyId=alice.id, Status="Active")
    assert as_alice.ok("sts", "get-caller-identity")["Arn"] == "arn:aws:iam::123456789012:user/alice"


def test_an_inactive_key_cannot_switch_itself_on(fake: FakeIAM, as_alice: Cli, alice: Key) -> None:
    fake.client("iam").update_access_key(UserName="alice", AccessKeyId=alice.id, Status="Inactive")
    said = as_alice.refused("iam", "update-access-key", "--access-key-id", alice.id, "--status", "Active")
    assert refusal("UpdateAccessKey", "InvalidClientTokenId", INVALID_TOKEN) in said


def test_a_status_in_small_letters_is_refused(aws: Cli, alice: Key) -> None:
    said = aws.refused(
        "iam", "update-access-key", "--user-name", "alice", "--access-key-id", alice.id, "--status", "inactive"
    )
    text = (
        "1 validation error detected: Value at 'status' failed to satisfy constraint: "
        "Member must satisfy enum value set"
    )
    assert refusal("UpdateAccessKey", "ValidationError", text) in said


def test_last_use_is_the_region_that_sts_was_called_in(aws: Cli, as_alice: Cli, alice: Key) -> None:
    as_alice.ok("sts", "get-caller-identity", "--region", "eu-west-1")
    answer = aws.ok("iam", "get-access-key-last-used", "--access-key-id", alice.id)
    assert answer["UserName"] == "alice"
    used = answer["AccessKeyLastUsed"]
    assert (used["ServiceName"], used["Region"]) == ("sts", "eu-west-1")


def test_a_key_that_never_signed_has_no_date_of_use(aws: Cli, alice: Key) -> None:
    assert aws.ok("iam", "get-access-key-last-used", "--access-key-id", alice.id) == {
        "UserName": "alice",
        "AccessKeyLastUsed": {"ServiceName": "N/A", "Region": "N/A"},
    }


def test_last_use_of_an_unknown_key_is_denied(aws: Cli) -> None:
    said = aws.refused("iam", "get-access-key-last-used", "--access-key-id", ABSENT)
    text = (
        "User: arn:aws:iam::123456789012:root is not authorized to perform iam:GetAccessKeyLastUsed "
        f"on resource: access key {ABSENT}"
    )
    assert refusal("GetAccessKeyLastUsed", "AccessDenied", text) in said


def test_max_items_stops_and_its_token_goes_on(fake: FakeIAM, aws: Cli, alice: Key) -> None:
    other = new_key(fake, "alice")
    listing = ("iam", "list-access-keys", "--user-name", "alice", "--max-items", "1")
    first = aws.ok(*listing)
    assert [member["AccessKeyId"] for member in first["AccessKeyMetadata"]] == [alice.id]
    second = aws.ok(*listing, "--starting-token", first["NextToken"])
    assert [member["AccessKeyId"] for member in second["AccessKeyMetadata"]] == [other.id]
    assert "NextToken" not in second


def test_a_small_page_size_changes_nothing_in_what_is_listed(fake: FakeIAM, aws: Cli) -> None:
    iam = fake.client("iam")
    for name in ("alice", "bob", "carol"):
        iam.create_user(UserName=name)
    listed = aws.ok("iam", "list-users", "--page-size", "1")["Users"]
    assert [user["UserName"] for user in listed] == ["alice", "bob", "carol"]


def test_no_paginate_shows_that_there_is_more(fake: FakeIAM, aws: Cli, alice: Key) -> None:
    new_key(fake, "alice")
    page = aws.ok("iam", "list-access-keys", "--user-name", "alice", "--max-items", "1", "--no-paginate")
    assert (len(page["AccessKeyMetadata"]), page["IsTruncated"]) == (1, True)


def test_a_renamed_user_keeps_its_key(aws: Cli, as_alice: Cli) -> None:
    aws.ok("iam", "update-user", "--user-name", "alice", "--new-user-name", "ann", "--new-path", "/team/")
    assert as_alice.ok("iam", "get-user")["User"]["Arn"] == "arn:aws:iam::123456789012:user/team/ann"


def test_tags_come_and_go(aws: Cli, alice: Key) -> None:
    named = ("--user-name", "alice")
    aws.ok("iam", "tag-user", *named, "--tags", "Key=team,Value=red", "Key=owner,Value=Ann Other")
    aws.ok("iam", "untag-user", *named, "--tag-keys", "team")
    assert aws.ok("iam", "list-user-tags", *named)["Tags"] == [{"Key": "owner", "Value": "Ann Other"}]


def test_a_user_with_a_key_is_not_deleted(aws: Cli, alice: Key) -> None:
    said = aws.refused("iam", "delete-user", "--user-name", "alice")
    text = "Cannot delete entity, must delete access keys first."
    assert refusal("DeleteUser", "DeleteConflict", text) in said


def test_a_query_reads_the_id_out_of_the_answer(aws: Cli, alice: Key) -> None:
    query = "AccessKeyMetadata[?Status=='Active'].AccessKeyId"
    assert aws.ok("iam", "list-access-keys", "--user-name", "alice", "--query", query) == [alice.id]


def test_the_account_of_a_key_id_is_told(aws: Cli, alice: Key) -> None:
    assert aws.ok("sts", "get-access-key-info", "--access-key-id", alice.id) == {"Account": "123456789012"}
