from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

import pytest

from conformance.answers import AwsError, only
from conformance.federated import steered
from conformance.material import certify
from conformance.provenance import assumed, documented, fake_only
from conformance.signing import Key
from conformance.sources import API, GUIDE
from conformance.targets import Target, fake_target
from fake_iam import ManualClock

STEERED = "it says what was long ago, or starts anew"
REPORT = f"{GUIDE}/id_credentials_getting-report.html"
START = datetime(2026, 6, 1, tzinfo=timezone.utc)


def ages(own: Target, *days: int) -> list[str]:
    """The ids of new keys of these ages, each of a user of its own."""
    made = []
    for number, age in enumerate(days):
        name = f"user{number}"
        own.iam.create_user(UserName=name)
        made.append(str(own.iam.create_access_key(UserName=name)["AccessKey"]["AccessKeyId"]))
        steered(own, "backdate", user=name, created="400 days ago")
        steered(own, "backdate", access_key=made[-1], created=f"{age} days ago")
    return made


@documented(f"{API}/API_ListAccessKeys.html", "C40", "C42")
@fake_only(STEERED)
def test_a_key_is_as_old_as_its_date_in_whole_days() -> None:
    with fake_target(ManualClock(START)) as own:
        made = ages(own, 89, 90, 91)
        dates = {}
        for number in range(3):
            (key,) = own.iam.list_access_keys(UserName=f"user{number}")["AccessKeyMetadata"]
            dates[key["AccessKeyId"]] = (START - key["CreateDate"]).days
        assert dates == dict(zip(made, (89, 90, 91), strict=True))


@documented(f"{API}/API_UpdateAccessKey.html", "C36")
@fake_only(STEERED)
def test_the_old_key_of_two_is_switched_off_and_the_other_is_not() -> None:
    with fake_target(ManualClock(START)) as own:
        (old,) = ages(own, 390)
        own.iam.create_access_key(UserName="user0")
        for key in own.iam.list_access_keys(UserName="user0")["AccessKeyMetadata"]:
            if (START - key["CreateDate"]).days > 90:
                own.iam.update_access_key(UserName="user0", AccessKeyId=key["AccessKeyId"], Status="Inactive")
        listed = own.iam.list_access_keys(UserName="user0")["AccessKeyMetadata"]
        assert {key["AccessKeyId"] for key in listed if key["Status"] == "Inactive"} == {old}


@documented(REPORT, "C24")
@fake_only(STEERED)
def test_a_password_was_last_used_when_it_was_and_never_if_not() -> None:
    with fake_target(ManualClock(START)) as own:
        own.iam.create_user(UserName="alice")
        own.iam.create_login_profile(UserName="alice", Password="Sesame-open-1")
        assert "PasswordLastUsed" not in own.iam.get_user(UserName="alice")["User"]
        dates = {"created": "200 days ago", "password_created": "150 days ago", "password_last_used": "100 days ago"}
        steered(own, "backdate", user="alice", **dates)
        used = own.iam.get_user(UserName="alice")["User"]["PasswordLastUsed"]
        assert (START - used).days == 100
        assert only(own.iam.list_users()["Users"])["PasswordLastUsed"] == used
        own.iam.generate_credential_report()
        assert f"{used:%Y-%m-%dT%H:%M:%S}+00:00" in own.iam.get_credential_report()["Content"].decode()


@documented(REPORT, "C39")
@fake_only(STEERED)
def test_a_certificate_is_in_the_report() -> None:
    with fake_target(ManualClock(START)) as own:
        own.iam.create_user(UserName="alice")
        own.iam.upload_signing_certificate(UserName="alice", CertificateBody=certify().body)
        own.iam.generate_credential_report()
        lines = own.iam.get_credential_report()["Content"].decode().splitlines()
        row = dict(zip(lines[0].split(","), lines[2].split(","), strict=True))
        assert (row["cert_1_active"], row["cert_1_last_rotated"]) == ("true", "2026-06-01T00:00:00+00:00")


@documented(f"{GUIDE}/tutorial_cross-account-with-roles.html", "C66")
@fake_only("it takes two accounts")
def test_a_role_of_another_account_makes_users_there() -> None:
    trust: dict[str, Any] = {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sts:AssumeRole"}
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    role = {"name": "there", "trust_policy": {"Version": "2012-10-17", "Statement": [trust]}}
    role["policies"] = {"all": {"Version": "2012-10-17", "Statement": [everything]}}
    with fake_target() as own:
        steered(own, "seed", accounts={"210987654321": {"roles": [role]}})
        own.iam.create_user(UserName="alice")
        document = json.dumps({"Version": "2012-10-17", "Statement": everything})
        own.iam.put_user_policy(UserName="alice", PolicyName="all", PolicyDocument=document)
        made = own.iam.create_access_key(UserName="alice")["AccessKey"]
        sts = own.signing_with(Key(made["AccessKeyId"], made["SecretAccessKey"])).sts
        taken = sts.assume_role(RoleArn="arn:aws:iam::210987654321:role/there", RoleSessionName="ci")["Credentials"]
        there = own.signing_with(Key(taken["AccessKeyId"], taken["SecretAccessKey"], taken["SessionToken"])).iam
        assert there.create_user(UserName="bob")["User"]["Arn"] == "arn:aws:iam::210987654321:user/bob"
        missing = AwsError("NoSuchEntity", "The user with name bob cannot be found.", 404)
        assert own.error(own.iam.get_user, UserName="bob") == missing


@assumed("AWS has no such switch; a fake says whether policies refuse anything", "C62")
@fake_only(STEERED)
@pytest.mark.parametrize("enforced", ["on", "log", "off"])
def test_policies_refuse_if_they_are_enforced_and_health_tells(enforced: str) -> None:
    with fake_target(enforce_policies=enforced) as own:
        health = own.send("iam", "GET", "/_fake_iam/health", [("Host", own.host("iam"))])
        assert json.loads(health.body)["enforce_policies"] == enforced
        own.iam.create_user(UserName="alice")
        made = own.iam.create_access_key(UserName="alice")["AccessKey"]
        iam = own.signing_with(Key(made["AccessKeyId"], made["SecretAccessKey"])).iam
        if enforced == "on":
            assert own.error(iam.list_users).code == "AccessDenied"
        else:
            assert len(iam.list_users()["Users"]) == 1


@assumed("AWS has no such switch", "C68")
@fake_only(STEERED)
def test_a_reset_leaves_nothing_but_the_root_users_key() -> None:
    with fake_target() as own:
        own.iam.create_user(UserName="alice")
        steered(own, "reset")
        assert own.iam.list_users()["Users"] == []


@assumed("AWS draws ids by chance", "C69")
@fake_only(STEERED)
def test_the_same_seed_draws_the_same_keys() -> None:
    drawn = []
    for _ in range(2):
        with fake_target(ManualClock(START), random_seed=7) as own:
            own.iam.create_user(UserName="alice")
            drawn.append(own.iam.create_access_key(UserName="alice")["AccessKey"])
    assert drawn[0] == drawn[1]
