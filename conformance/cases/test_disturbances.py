from __future__ import annotations

from datetime import timedelta

import pytest

from conformance.answers import AwsError
from conformance.federated import steered
from conformance.provenance import fake_only, observed
from conformance.signing import Key
from conformance.sources import ORACLE
from conformance.targets import Service, fake_target
from fake_iam import ManualClock

DEAD = AwsError("InvalidClientTokenId", "The security token included in the request is invalid.", 403)
BY_CHANCE = "AWS does so by chance; a fake when it is told to"


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
        steered(own, "propagation", sts={"status_changes": "4 seconds"})
        own.iam.create_user(UserName="alice")
        made = own.iam.create_access_key(UserName="alice")["AccessKey"]
        sts = own.signing_with(Key(made["AccessKeyId"], made["SecretAccessKey"])).sts
        own.iam.update_access_key(UserName="alice", AccessKeyId=made["AccessKeyId"], Status="Inactive")
        sts.get_caller_identity()
        clock.advance(timedelta(seconds=4))
        assert own.error(sts.get_caller_identity) == DEAD
