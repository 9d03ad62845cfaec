from __future__ import annotations

from datetime import timedelta

import pytest

from conformance.answers import AwsError
from conformance.federated import steered
from conformance.provenance import fake_only, observed
from conformance.signing import Key
from conformance.sources import ORACLE
from conformance.targets import Caller, Service, Target, fake_target
from fake_iam import ManualClock

DEAD = AwsError("InvalidClientTokenId", "The security token included in the request is invalid.", 403)
BY_CHANCE = "AWS does so by chance; a fake when it is told to"


class Rotating:
    """The user alice of a fake, who may do everything, with a new key."""

    def __init__(self, own: Target, by: Caller | None = None) -> None:
        self._own = own
        if by is None:
            own.iam.create_user(UserName="alice")
            own.iam.attach_user_policy(UserName="alice", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
        made = (own.iam if by is None else by.iam).create_access_key(UserName="alice")["AccessKey"]
        self.key = Key(made["AccessKeyId"], made["SecretAccessKey"])
        self.clients = own.signing_with(self.key)

    def renewed(self) -> Rotating:
        """The same user with another key, made with this one."""
        return Rotating(self._own, self.clients)


@pytest.mark.parametrize("service", ["iam", "sts"])
@observed("undated", "many users quote the text, for services of the Query protocol; boto's tests", "throttling")
@fake_only(BY_CHANCE)
def test_calls_that_come_too_fast_are_throttled(service: Service) -> None:
    with fake_target() as own:
        steered(own, "faults", operation="*", error="Throttling", times=2)
        calls = {"iam": own.iam.list_users, "sts": own.sts.get_caller_identity}
        assert own.error(calls[service]) == AwsError("Throttling", "Rate exceeded", 400)
        form = {"Action": "ListUsers", "Version": "2010-05-08"}
        assert own.post("iam", form).xml.findtext("{*}Error/{*}Type") == "Sender"
        calls[service]()


@observed(*ORACLE, "5:A change of status is eventually consistent")
@fake_only(BY_CHANCE)
def test_a_change_of_status_takes_its_time() -> None:
    clock = ManualClock()
    with fake_target(clock) as own:
        alice = Rotating(own)
        steered(own, "propagation", sts={"status_changes": "4 seconds"})
        own.iam.update_access_key(UserName="alice", AccessKeyId=alice.key.id, Status="Inactive")
        alice.clients.sts.get_caller_identity()
        clock.advance(timedelta(seconds=4))
        assert own.error(alice.clients.sts.get_caller_identity) == DEAD


@observed("undated", "rhyeal/aws-rotate-iam-keys#81", "C43")
@fake_only(BY_CHANCE)
def test_a_new_key_that_worked_may_fail_again() -> None:
    with fake_target() as own:
        old = Rotating(own)
        new = old.renewed()
        steered(own, "faults", operation="DeleteAccessKey", caller=new.key.id, error="InvalidClientTokenId")
        assert len(new.clients.iam.list_access_keys()["AccessKeyMetadata"]) == 2
        assert own.error(new.clients.iam.delete_access_key, AccessKeyId=old.key.id) == DEAD
        assert new.clients.iam.delete_access_key(AccessKeyId=old.key.id) == {}


@observed("undated", "99designs/aws-vault#132", "C44")
@fake_only(BY_CHANCE)
def test_a_new_key_needs_some_seconds_before_it_deletes_the_old_one() -> None:
    clock = ManualClock()
    with fake_target(clock) as own:
        old = Rotating(own)
        steered(own, "propagation", iam={"new_keys": "8 seconds"})
        new = old.renewed()
        for _ in range(4):
            assert own.error(new.clients.iam.delete_access_key, AccessKeyId=old.key.id) == DEAD
            clock.advance(timedelta(seconds=2))
        assert new.clients.iam.delete_access_key(AccessKeyId=old.key.id) == {}


@observed("undated", "hashicorp/vault#3115, #687; cert-manager/aws-privateca-issuer#408", "C46")
@fake_only(BY_CHANCE)
def test_sts_may_know_a_key_before_iam_does() -> None:
    clock = ManualClock()
    with fake_target(clock) as own:
        steered(own, "propagation", sts={"new_keys": "2 seconds"}, iam={"new_keys": "10 seconds"})
        alice = Rotating(own)
        clock.advance(timedelta(seconds=3))
        assert alice.clients.sts.get_caller_identity()["Arn"].endswith(":user/alice")
        assert own.error(alice.clients.iam.list_access_keys) == DEAD
        clock.advance(timedelta(seconds=7))
        assert len(alice.clients.iam.list_access_keys()["AccessKeyMetadata"]) == 1


@observed("undated", "a researcher's report: isecurify.co", "C51")
@fake_only(BY_CHANCE)
def test_a_deleted_key_may_sign_for_some_seconds() -> None:
    clock = ManualClock()
    with fake_target(clock) as own:
        alice = Rotating(own)
        steered(own, "propagation", sts={"deletions": "4 seconds"}, iam={"deletions": "4 seconds"})
        own.iam.delete_access_key(UserName="alice", AccessKeyId=alice.key.id)
        assert own.iam.list_access_keys(UserName="alice")["AccessKeyMetadata"] == []
        assert alice.clients.iam.create_access_key()["AccessKey"]["Status"] == "Active"
        clock.advance(timedelta(seconds=5))
        assert own.error(alice.clients.sts.get_caller_identity) == DEAD


@observed("undated", "openshift/aws-account-operator#477", "C48")
@fake_only(BY_CHANCE)
def test_a_creation_that_is_refused_makes_no_key() -> None:
    with fake_target() as own:
        own.iam.create_user(UserName="alice")
        steered(own, "faults", operation="CreateAccessKey", error="InvalidClientTokenId", times=2)
        for _ in range(2):
            assert own.error(own.iam.create_access_key, UserName="alice") == DEAD
        made = own.iam.create_access_key(UserName="alice")["AccessKey"]["AccessKeyId"]
        listed = own.iam.list_access_keys(UserName="alice")["AccessKeyMetadata"]
        assert [key["AccessKeyId"] for key in listed] == [made]


@observed("undated", "go-to-k/cdkd#2090", "C49")
@fake_only(BY_CHANCE)
def test_a_creation_that_was_done_and_failed_leaves_a_key() -> None:
    with fake_target() as own:
        own.iam.create_user(UserName="alice")
        steered(own, "faults", operation="CreateAccessKey", error="ServiceFailure", done=True)
        failed = own.error(own.iam.create_access_key, UserName="alice")
        assert (failed.code, failed.status) == ("ServiceFailure", 500)
        own.iam.create_access_key(UserName="alice")
        full = AwsError("LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2", 409)
        assert own.error(own.iam.create_access_key, UserName="alice") == full
