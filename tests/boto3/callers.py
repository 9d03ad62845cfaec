"""People with keys, and boto3 clients that sign with them."""

from __future__ import annotations

from typing import Any

from fake_iam import FakeIAM
from tests.support import INVALID_TOKEN, AwsError, Key

DEAD = AwsError("InvalidClientTokenId", INVALID_TOKEN, 403)
QUOTA = AwsError("LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2", 409)
ACCOUNT = "123456789012"
ELSEWHERE = "210987654321"


def key_missing(key_id: str) -> AwsError:
    return AwsError("NoSuchEntity", f"The Access Key with id {key_id} cannot be found.", 404)


def user_missing(name: str) -> AwsError:
    return AwsError("NoSuchEntity", f"The user with name {name} cannot be found.", 404)


def new_user(iam: Any, name: str, **more: Any) -> Key:
    """A user and its first key."""
    iam.create_user(UserName=name, **more)
    return new_key(iam, UserName=name)


def new_key(iam: Any, **parameters: str) -> Key:
    made = iam.create_access_key(**parameters)["AccessKey"]
    return Key(made["AccessKeyId"], made["SecretAccessKey"])


def signed(fake: FakeIAM, service: str, key: Key, region: str = "us-east-1", **more: Any) -> Any:
    """A client of the service that signs with the key."""
    return fake.client(
        service,
        access_key_id=key.id,
        secret_access_key=key.secret,
        session_token=key.token,
        region_name=region,
        **more,
    )


def arn_of(fake: FakeIAM, key: Key) -> str:
    """Who STS says the key is."""
    return str(signed(fake, "sts", key).get_caller_identity()["Arn"])


def statuses(iam: Any, name: str) -> dict[str, str]:
    """The status of each of a user's keys, the older key first."""
    listed = iam.list_access_keys(UserName=name)["AccessKeyMetadata"]
    return {member["AccessKeyId"]: member["Status"] for member in listed}
