"""The same ids in every run, secrets that are awkward, key ids that no scanner takes for real."""

from __future__ import annotations

import re
from typing import Any

import pytest

from fake_iam import FakeIAM
from fake_iam.domain.ids import account_of


def story(fake: FakeIAM) -> list[Any]:
    iam = fake.client("iam")
    user = iam.create_user(UserName="alice")
    key = iam.create_access_key(UserName="alice")
    sts = fake.client(
        "sts",
        access_key_id=key["AccessKey"]["AccessKeyId"],
        secret_access_key=key["AccessKey"]["SecretAccessKey"],
    )
    session = sts.get_session_token()
    made = session["Credentials"]
    return [
        user["User"]["UserId"],
        key["AccessKey"]["AccessKeyId"],
        key["AccessKey"]["SecretAccessKey"],
        made["AccessKeyId"],
        made["SecretAccessKey"],
        made["SessionToken"],
        *[answer["ResponseMetadata"]["RequestId"] for answer in (user, key, session)],
    ]


def test_with_a_seed_everything_drawn_is_the_same_in_every_run_and_after_a_reset() -> None:
    with FakeIAM(random_seed=5) as one, FakeIAM(random_seed=5) as two, FakeIAM(random_seed=6) as three:
        first = story(one)
        assert story(two) == first
        assert not set(story(three)) & set(first)
        one.reset()
        assert story(one) == first


def test_without_a_seed_nothing_is_the_same() -> None:
    with FakeIAM() as one, FakeIAM() as two:
        assert not set(story(one)) & set(story(two))


def test_awkward_secrets_have_a_slash_and_a_plus_and_still_sign() -> None:
    with FakeIAM(awkward_secrets=True) as fake:
        iam = fake.client("iam")
        for number in range(20):
            iam.create_user(UserName=f"user-{number}")
            secret = iam.create_access_key(UserName=f"user-{number}")["AccessKey"]["SecretAccessKey"]
            assert re.fullmatch(r"[A-Za-z0-9+/]{40}", secret)
            assert "/" in secret and "+" in secret
        assert story(fake)


@pytest.mark.parametrize(
    ("prefix", "session"), [("AKIA", "ASIA"), ("FAKE", "FAKS"), ("TEST", "TESS"), ("KEYS", "KEYT"), ("MOCK", "MOCS")]
)
def test_the_prefix_of_key_ids_can_be_chosen_and_all_flows_go_on(prefix: str, session: str) -> None:
    """Case C67."""
    with FakeIAM(access_key_prefix=prefix) as fake:
        _, key_id, _, session_id, *_ = story(fake)
        assert (key_id[:4], session_id[:4]) == (prefix, session)
        assert account_of(key_id) == account_of(session_id) == "123456789012"
        assert fake.client("sts").get_access_key_info(AccessKeyId=key_id)["Account"] == "123456789012"
