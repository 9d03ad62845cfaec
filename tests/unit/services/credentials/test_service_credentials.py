"""The rules of service-specific credentials, without HTTP."""

from __future__ import annotations

import base64
import re
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from conformance.modelled import with_whole_model
from fake_iam.domain.clock import ManualClock
from fake_iam.domain.credentials.service_credentials import ServiceCredential
from tests.support import AwsError, Wire

pytestmark = with_whole_model
ACCOUNT = "123456789012"
CODE = "codecommit.amazonaws.com"
CASSANDRA = "cassandra.amazonaws.com"
BEDROCK = "bedrock.amazonaws.com"
PREFIXES = {
    BEDROCK: "ABSK",
    "logs.amazonaws.com": "ACWL",
    "cloudwatch.amazonaws.com": "APIAACWM",
    "aws-external-anthropic.amazonaws.com": "AEAA",
}
FULL = AwsError("LimitExceeded", "Cannot exceed quota for ContextSpecificCredentialsPerUserPerContext: 2", 409)
NOBODY = AwsError("NoSuchEntity", "The user with name nobody cannot be found.", 404)
UNKNOWN_ID = "ACCAUNKNOWNUNKNOWN234"
ON_ONE = ("UpdateServiceSpecificCredential", "ResetServiceSpecificCredential", "DeleteServiceSpecificCredential")


def create(wire: Wire, name: str = "alice", service: str = CODE, **parameters: Any) -> Any:
    made = wire.call("CreateServiceSpecificCredential", UserName=name, ServiceName=service, **parameters)
    return made if isinstance(made, AwsError) else made["ServiceSpecificCredential"]


def listed(wire: Wire, **parameters: Any) -> list[Any]:
    found = wire.call("ListServiceSpecificCredentials", **parameters)["ServiceSpecificCredentials"]
    rows = found["member"] if found else []
    return rows if isinstance(rows, list) else [rows]


def logins(wire: Wire, **parameters: Any) -> list[str]:
    return [row.get("ServiceUserName") or row["ServiceCredentialAlias"] for row in listed(wire, **parameters)]


def on_one(wire: Wire, action: str, credential_id: str, name: str = "alice", **parameters: Any) -> Any:
    status = {"Status": "Inactive"} if action == "UpdateServiceSpecificCredential" else {}
    given = {"UserName": name, "ServiceSpecificCredentialId": credential_id, **status, **parameters}
    return wire.call(action, **given)


def no_such_service(name: str) -> AwsError:
    return AwsError("NoSuchEntity", f"No such service {name} is supported for Service Specific Credentials", 404)


@pytest.mark.parametrize("service", [CODE, CASSANDRA])
def test_a_credential_shows_a_name_and_a_password(wire: Wire, service: str) -> None:
    wire.user("alice")
    made = create(wire, service=service)
    assert sorted(made) == [
        "CreateDate",
        "ServiceName",
        "ServicePassword",
        "ServiceSpecificCredentialId",
        "ServiceUserName",
        "Status",
        "UserName",
    ]
    assert (made["ServiceName"], made["UserName"], made["Status"]) == (service, "alice", "Active")
    assert made["ServiceUserName"] == f"alice-at-{ACCOUNT}"
    assert re.fullmatch(r"ACCA[A-Z2-7]{17}", made["ServiceSpecificCredentialId"])


def test_a_password_is_forty_four_bytes_in_base64(wire: Wire) -> None:
    wire.user("alice")
    password = create(wire)["ServicePassword"]
    assert len(password) == 60
    assert base64.b64encode(base64.b64decode(password, validate=True)).decode() == password


@pytest.mark.parametrize(("service", "prefix"), PREFIXES.items())
def test_an_api_key_shows_an_alias_and_a_secret_that_wraps_it(wire: Wire, service: str, prefix: str) -> None:
    wire.user("alice")
    made = create(wire, service=service)
    assert sorted(made) == [
        "CreateDate",
        "ServiceCredentialAlias",
        "ServiceCredentialSecret",
        "ServiceName",
        "ServiceSpecificCredentialId",
        "Status",
        "UserName",
    ]
    assert made["ServiceCredentialAlias"] == f"alice-at-{ACCOUNT}"
    assert made["ServiceCredentialSecret"].startswith(prefix)
    inside = base64.b64decode(made["ServiceCredentialSecret"].removeprefix(prefix), validate=True).decode()
    assert re.fullmatch(rf"alice-at-{ACCOUNT}:.{{60}}", inside)


def test_the_second_login_has_a_one_and_each_service_counts_for_itself(wire: Wire) -> None:
    wire.user("alice")
    assert create(wire)["ServiceUserName"] == f"alice-at-{ACCOUNT}"
    assert create(wire)["ServiceUserName"] == f"alice+1-at-{ACCOUNT}"
    assert create(wire, service=CASSANDRA)["ServiceUserName"] == f"alice-at-{ACCOUNT}"
    assert create(wire, service=BEDROCK)["ServiceCredentialAlias"] == f"alice-at-{ACCOUNT}"


def test_a_third_credential_for_a_service_exceeds_the_quota(wire: Wire) -> None:
    wire.user("alice")
    first = create(wire)["ServiceSpecificCredentialId"]
    create(wire)
    on_one(wire, "UpdateServiceSpecificCredential", first)
    assert create(wire) == FULL
    assert not isinstance(create(wire, service=CASSANDRA), AwsError)
    on_one(wire, "DeleteServiceSpecificCredential", first)
    assert create(wire)["ServiceUserName"] == f"alice-at-{ACCOUNT}"


def test_the_quota_is_a_setting() -> None:
    wire = Wire(quotas="service_specific_credentials_per_user=3")
    wire.user("alice")
    create(wire)
    create(wire)
    assert create(wire)["ServiceUserName"] == f"alice+2-at-{ACCOUNT}"
    full = "Cannot exceed quota for ContextSpecificCredentialsPerUserPerContext: 3"
    assert create(wire) == AwsError("LimitExceeded", full, 409)


def test_the_letter_case_of_a_service_does_not_count(wire: Wire) -> None:
    wire.user("alice")
    assert create(wire, service="CodeCommit.Amazonaws.com")["ServiceName"] == CODE
    assert logins(wire, UserName="alice", ServiceName=CODE.upper()) == [f"alice-at-{ACCOUNT}"]


@pytest.mark.parametrize("service", ["sqs.amazonaws.com", "codecommit.amazonaws.com.cn", "codecommit", ""])
def test_another_service_is_not_supported(wire: Wire, service: str) -> None:
    wire.user("alice")
    assert create(wire, service=service) == no_such_service(service)


def test_a_list_for_another_service_is_refused(wire: Wire) -> None:
    refused = no_such_service("SQS.amazonaws.com")
    assert wire.call("ListServiceSpecificCredentials", ServiceName="SQS.amazonaws.com") == refused


def test_a_service_name_has_letters_digits_full_stops_and_dashes(wire: Wire) -> None:
    wire.user("alice")
    refused = AwsError("ValidationError", "ServiceName must match [a-zA-Z0-9.-]*", 400)
    assert create(wire, service=" codecommit.amazonaws.com ") == refused
    assert create(wire, service="codecommit.amazonaws.com\n") == refused
    assert wire.call("ListServiceSpecificCredentials", UserName="alice", ServiceName="a_b") == refused


def test_the_user_is_looked_up_before_the_service(wire: Wire) -> None:
    assert create(wire, "nobody", "sqs.amazonaws.com") == NOBODY
    assert wire.call("ListServiceSpecificCredentials", UserName="nobody", ServiceName="sqs.amazonaws.com") == NOBODY


@pytest.mark.parametrize("action", ON_ONE)
def test_the_user_is_looked_up_before_the_credential(wire: Wire, action: str) -> None:
    assert on_one(wire, action, UNKNOWN_ID, "nobody") == NOBODY


@pytest.mark.parametrize("action", ON_ONE)
def test_an_unknown_credential_does_not_exist(wire: Wire, action: str) -> None:
    wire.user("alice")
    missing = AwsError("NoSuchEntity", f"No such credential {UNKNOWN_ID} exists", 404)
    assert on_one(wire, action, UNKNOWN_ID) == missing


@pytest.mark.parametrize("action", ON_ONE)
def test_somebody_elses_credential_is_refused_in_other_words(wire: Wire, action: str) -> None:
    wire.user("alice")
    wire.user("bob")
    credential_id = create(wire)["ServiceSpecificCredentialId"]
    said = f"User bob does not have a service specific credential with id {credential_id}"
    assert on_one(wire, action, credential_id, "bob") == AwsError("ValidationError", said, 400)
    assert [row["Status"] for row in listed(wire, UserName="alice")] == ["Active"]


def test_without_a_name_the_root_user_has_none(wire: Wire) -> None:
    wire.user("alice")
    credential_id = create(wire)["ServiceSpecificCredentialId"]
    said = f"User {ACCOUNT} does not have a service specific credential with id {credential_id}"
    refused = wire.call("DeleteServiceSpecificCredential", ServiceSpecificCredentialId=credential_id)
    assert refused == AwsError("ValidationError", said, 400)
    assert listed(wire) == []


def test_without_a_name_the_signers_own_are_meant(wire: Wire) -> None:
    wire.user("alice")
    key = wire.key("alice")
    credential_id = create(wire)["ServiceSpecificCredentialId"]
    named = {"ServiceSpecificCredentialId": credential_id}
    wire.call("UpdateServiceSpecificCredential", key, Status="Inactive", **named)
    rows = wire.call("ListServiceSpecificCredentials", key)["ServiceSpecificCredentials"]
    assert rows["member"]["Status"] == "Inactive"
    reset = wire.call("ResetServiceSpecificCredential", key, **named)
    assert reset["ServiceSpecificCredential"]["UserName"] == "alice"
    assert wire.call("DeleteServiceSpecificCredential", key, **named) is None
    assert listed(wire, UserName="alice") == []


@pytest.mark.parametrize(
    ("service", "secret"), [(CODE, "ServicePassword"), (BEDROCK, "ServiceCredentialSecret")], ids=["name", "key"]
)
def test_a_list_shows_all_but_the_secret(wire: Wire, service: str, secret: str) -> None:
    wire.user("alice")
    made = create(wire, service=service, CredentialAgeDays=1)
    del made[secret]
    assert listed(wire, UserName="alice") == [made]


def test_a_list_may_be_of_one_service(wire: Wire) -> None:
    wire.user("alice")
    create(wire)
    create(wire, service=BEDROCK)
    assert [row["ServiceName"] for row in listed(wire, UserName="alice", ServiceName=BEDROCK)] == [BEDROCK]
    assert len(listed(wire, UserName="alice", ServiceName="")) == 2
    assert len(listed(wire, UserName="alice")) == 2


def test_a_list_of_all_users_names_each(wire: Wire) -> None:
    for name in ("alice", "bob"):
        wire.user(name)
        create(wire, name)
        create(wire, name, BEDROCK)
    assert {row["UserName"] for row in listed(wire, AllUsers="true", ServiceName=CODE)} == {"alice", "bob"}
    assert len(listed(wire, AllUsers="true")) == 4
    assert len(listed(wire, AllUsers="false", UserName="bob")) == 2


def test_a_list_of_all_users_and_of_one_is_refused(wire: Wire) -> None:
    wire.user("alice")
    said = "Cannot list credentials for all users if a username is given"
    refused = wire.call("ListServiceSpecificCredentials", AllUsers="true", UserName="alice")
    assert refused == AwsError("InvalidInput", said, 400)


def test_credentials_page_the_older_first() -> None:
    clock = ManualClock(datetime(2026, 1, 1, tzinfo=timezone.utc))
    wire = Wire(clock)
    wire.user("alice")
    made = []
    for service in (CODE, CASSANDRA, CODE):
        made.append(create(wire, service=service)["ServiceSpecificCredentialId"])
        clock.advance(timedelta(seconds=1))
    first = wire.call("ListServiceSpecificCredentials", UserName="alice", MaxItems=2)
    assert first["IsTruncated"] == "true"
    found = [row["ServiceSpecificCredentialId"] for row in first["ServiceSpecificCredentials"]["member"]]
    rest = listed(wire, UserName="alice", MaxItems=2, Marker=first["Marker"])
    assert [*found, *(row["ServiceSpecificCredentialId"] for row in rest)] == made


def test_a_marker_of_another_list_is_refused(wire: Wire) -> None:
    wire.user("alice")
    create(wire)
    create(wire)
    marker = wire.call("ListServiceSpecificCredentials", UserName="alice", MaxItems=1)["Marker"]
    refused = AwsError("ValidationError", "Invalid Marker.", 400)
    assert wire.call("ListServiceSpecificCredentials", AllUsers="true", Marker=marker) == refused


def test_a_credential_is_switched_off_and_on(wire: Wire) -> None:
    wire.user("alice")
    credential_id = create(wire)["ServiceSpecificCredentialId"]
    for status in ("Inactive", "Active"):
        assert on_one(wire, "UpdateServiceSpecificCredential", credential_id, Status=status) is None
        assert [row["Status"] for row in listed(wire, UserName="alice")] == [status]


def test_nobody_can_make_a_credential_expire(wire: Wire) -> None:
    wire.user("alice")
    credential_id = create(wire)["ServiceSpecificCredentialId"]
    refused = AwsError("InvalidInput", "Operation does not support status Expired", 400)
    assert on_one(wire, "UpdateServiceSpecificCredential", credential_id, Status="Expired") == refused
    assert [row["Status"] for row in listed(wire, UserName="alice")] == ["Active"]


@pytest.mark.parametrize(
    ("service", "secret"), [(CODE, "ServicePassword"), (BEDROCK, "ServiceCredentialSecret")], ids=["name", "key"]
)
def test_a_reset_changes_the_secret_and_nothing_else(wire: Wire, service: str, secret: str) -> None:
    wire.user("alice")
    before = create(wire, service=service, CredentialAgeDays=30)
    on_one(wire, "UpdateServiceSpecificCredential", before["ServiceSpecificCredentialId"])
    answer = on_one(wire, "ResetServiceSpecificCredential", before["ServiceSpecificCredentialId"])
    after = answer["ServiceSpecificCredential"]
    assert after[secret] != before[secret]
    assert {**after, secret: None} == {**before, secret: None, "Status": "Inactive"}


@pytest.mark.parametrize("service", [CODE, BEDROCK])
def test_a_credential_with_an_age_expires(service: str) -> None:
    clock = ManualClock(datetime(2026, 1, 1, tzinfo=timezone.utc))
    wire = Wire(clock)
    wire.user("alice")
    made = create(wire, service=service, CredentialAgeDays=90)
    credential_id = made["ServiceSpecificCredentialId"]
    assert (made["CreateDate"], made["ExpirationDate"]) == ("2026-01-01T00:00:00Z", "2026-04-01T00:00:00Z")
    clock.advance(timedelta(days=90) - timedelta(seconds=1))
    assert [row["Status"] for row in listed(wire, UserName="alice")] == ["Active"]
    clock.advance(timedelta(seconds=1))
    assert [row["Status"] for row in listed(wire, UserName="alice")] == ["Expired"]
    assert on_one(wire, "UpdateServiceSpecificCredential", credential_id, Status="Active") is None
    reset = on_one(wire, "ResetServiceSpecificCredential", credential_id)["ServiceSpecificCredential"]
    assert reset["Status"] == "Expired"
    assert [row["Status"] for row in listed(wire, UserName="alice")] == ["Expired"]


def test_a_login_keeps_the_old_name_of_a_renamed_user(wire: Wire) -> None:
    wire.user("alice")
    create(wire)
    wire.call("UpdateUser", UserName="alice", NewUserName="ann")
    (row,) = listed(wire, UserName="ann")
    assert (row["UserName"], row["ServiceUserName"]) == ("ann", f"alice-at-{ACCOUNT}")
    assert create(wire, "ann")["ServiceUserName"] == f"ann-at-{ACCOUNT}"


def test_a_new_user_of_an_old_name_gets_a_login_that_nobody_has(wire: Wire) -> None:
    wire.user("alice")
    create(wire)
    wire.call("UpdateUser", UserName="alice", NewUserName="ann")
    wire.user("alice")
    assert create(wire)["ServiceUserName"] == f"alice+1-at-{ACCOUNT}"


def test_a_deleted_credential_is_gone(wire: Wire) -> None:
    wire.user("alice")
    credential_id = create(wire)["ServiceSpecificCredentialId"]
    assert on_one(wire, "DeleteServiceSpecificCredential", credential_id) is None
    assert listed(wire, UserName="alice") == []
    missing = AwsError("NoSuchEntity", f"No such credential {credential_id} exists", 404)
    assert on_one(wire, "DeleteServiceSpecificCredential", credential_id) == missing


def test_a_user_with_a_credential_is_not_deleted(wire: Wire) -> None:
    wire.user("alice")
    credential_id = create(wire)["ServiceSpecificCredentialId"]
    conflict = AwsError("DeleteConflict", "Cannot delete entity, must remove referenced objects first.", 409)
    assert wire.call("DeleteUser", UserName="alice") == conflict
    on_one(wire, "DeleteServiceSpecificCredential", credential_id)
    assert wire.call("DeleteUser", UserName="alice") is None


def test_a_credential_keeps_its_secrets_out_of_its_repr(wire: Wire) -> None:
    wire.user("alice")
    made = create(wire, service=BEDROCK)
    row = wire.assembled.engine.store.account(ACCOUNT).table(ServiceCredential).get(made["ServiceSpecificCredentialId"])
    assert row is not None
    assert row.password not in repr(row)
    assert row.api_key == made["ServiceCredentialSecret"]


@pytest.mark.parametrize("limit", [{}, {"MaxItems": 5}])
def test_a_whole_list_says_that_it_is_not_cut(wire: Wire, limit: dict[str, int]) -> None:
    wire.user("bob")
    answer = wire.call("ListServiceSpecificCredentials", UserName="bob", **limit)
    assert answer == {"ServiceSpecificCredentials": None, "IsTruncated": "false"}
