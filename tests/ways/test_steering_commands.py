"""The commands that steer a server: what they print, where they look for it, and how they fail."""

from __future__ import annotations

import base64
import json
import signal
from collections.abc import Iterator
from pathlib import Path

import jwt
import pytest
from lxml import etree

from conformance.modelled import needs
from fake_iam import FakeIAM
from fake_iam.cli import main
from tests.ways.command import run, served


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeIAM]:
    """A server that the commands find by its variable."""
    with FakeIAM(random_seed=7) as fake:
        monkeypatch.setenv("FAKE_IAM_PORT", fake.url.rpartition(":")[2])
        yield fake


Output = pytest.CaptureFixture[str]


def said(capsys: Output, *arguments: str) -> tuple[int, str]:
    """The exit status of a command, and what it printed."""
    capsys.readouterr()
    status = main(arguments)
    out, err = capsys.readouterr()
    return status, out + err


def test_a_command_prints_what_the_page_answers(fake: FakeIAM, capsys: Output) -> None:
    status, text = said(capsys, "clock", "freeze", "2026-01-01")
    assert (status, json.loads(text)) == (0, {"now": "2026-01-01T00:00:00Z", "frozen": True})


def test_the_address_may_stand_anywhere(fake: FakeIAM, capsys: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    port = fake.url.rpartition(":")[2]
    monkeypatch.setenv("FAKE_IAM_PORT", "1")
    for arguments in (
        ("--port", port, "clock", "freeze", "2026-01-01"),
        ("clock", "--port", port, "freeze", "2026-01-01"),
        ("clock", "freeze", "2026-01-01", "--port", port),
    ):
        assert said(capsys, *arguments)[0] == 0


def test_a_refusal_is_one_line_and_exit_status_1(fake: FakeIAM, capsys: Output) -> None:
    assert said(capsys, "snapshot", "restore", "x") == (
        1,
        "fake-iam: name: 'x' is the name of no snapshot; there are none yet\n",
    )


def test_no_server_is_one_line_and_exit_status_1(capsys: Output) -> None:
    status, text = said(capsys, "clock", "--port", "1")
    assert (status, text.startswith("fake-iam: no fake-iam answers on 127.0.0.1:1: ")) == (1, True)
    assert text.count("\n") == 1


def test_a_seed_that_cannot_be_is_named_by_its_file(fake: FakeIAM, capsys: Output, tmp_path: Path) -> None:
    file = tmp_path / "seed.yaml"
    assert said(capsys, "seed", str(file)) == (2, f"fake-iam: {file}: No such file or directory\n")
    file.write_text("users:\n  - name: 5\n")
    assert said(capsys, "seed", str(file)) == (
        1,
        f"fake-iam: {file}: line 2: users[0].name: 5 is no text; put it in quotes\n",
    )
    assert said(capsys, "seed") == (2, "fake-iam: give a file, or --schema\n")


def test_a_delay_without_an_equal_sign_is_exit_status_2(fake: FakeIAM, capsys: Output) -> None:
    assert said(capsys, "propagation", "set", "--iam", "new_keys") == (
        2,
        "fake-iam: 'new_keys' must be a name and a delay as IAM sees it: new_keys=\"8 seconds\"\n",
    )


def test_a_dump_goes_to_a_file(fake: FakeIAM, capsys: Output, tmp_path: Path) -> None:
    fake.client("iam").create_user(UserName="alice")
    for name in ("dump.json", "dump.yaml"):
        assert said(capsys, "dump", "--secrets", "--output", str(tmp_path / name)) == (0, "")
        assert said(capsys, "load", str(tmp_path / name))[0] == 0
    assert json.loads((tmp_path / "dump.json").read_text())["format"] == "fake_iam/1"
    assert (tmp_path / "dump.yaml").read_text().startswith("format: fake_iam/1\n")
    nowhere = tmp_path / "no" / "dump.json"
    assert said(capsys, "dump", "--output", str(nowhere)) == (
        2,
        f"fake-iam: {nowhere}: No such file or directory\n",
    )


def test_all_fields_of_a_rule_can_be_given(fake: FakeIAM, capsys: Output) -> None:
    fake.client("iam").create_user(UserName="alice")
    rule = "*AccessKey --caller alice --error Throttling --message Slow --delay 0s"
    how_often = "--after 1 --times 2 --probability 0.5 --every 3 --more-than 4 --within 5s --done"
    assert said(capsys, "faults", "add", *f"{rule} {how_often}".split())[0] == 0
    assert fake.faults.rules()[0].document() == {
        "number": 1,
        "operation": "*AccessKey",
        "caller": "alice",
        "error": "Throttling",
        "message": "Slow",
        "delay": "PT0S",
        "done": True,
        "after": 1,
        "times": 2,
        "probability": 0.5,
        "every": 3,
        "more_than": 4,
        "within": "PT5S",
        "seen": 0,
        "fired": 0,
    }


def test_the_journal_can_be_cleared(fake: FakeIAM, capsys: Output) -> None:
    fake.client("iam").list_users()
    assert said(capsys, "calls")[1] == "ListUsers {} by arn:aws:iam::123456789012:root: 200 ok\n"
    assert said(capsys, "calls", "--clear")[0] == 0
    assert said(capsys, "calls") == (0, "")


@pytest.mark.parametrize(
    "command", ["clock", "backdate", "snapshot", "propagation", "faults", "seed", "import", "calls"]
)
def test_every_command_has_help(command: str, capsys: Output) -> None:
    with pytest.raises(SystemExit) as caught:
        main([command, "--help"])
    assert caught.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: fake-iam {command}")


def test_a_server_that_others_can_reach_prints_a_token_that_the_commands_read() -> None:
    with served("--host", "0.0.0.0", lines=5) as server:
        token = server.exports()["FAKE_IAM_CONTROL_TOKEN"]
        refused = run("clock", "--port", server.port)
        assert (refused.status, refused.err) == (
            1,
            "fake-iam: this needs the control token, as Authorization: Bearer ... or X-Fake-IAM-Token: ...\n",
        )
        assert run("clock", "--port", server.port, FAKE_IAM_CONTROL_TOKEN=token).status == 0
        assert run("clock", "--port", server.port, "--control-token", token).status == 0
        assert run("health", "--port", server.port).status == 0


def test_a_given_token_is_not_printed() -> None:
    with served("--host", "0.0.0.0", "--control-token", "hush") as server:
        assert "hush" not in " ".join(server.lines)
        outcome = server.stop(signal.SIGTERM)
    assert (outcome.status, outcome.out) == (0, "")


def test_a_server_with_a_state_file_goes_on_where_it_stopped(tmp_path: Path) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text("users: [{name: alice, access_keys: [{id: AKIAQAAAAAAAAAAAAAAA, secret: s}]}]")
    file = tmp_path / "state.json"
    with served("--seed", str(seed), "--state", str(file)) as server:
        run("backdate", "user", "alice", "--created", "2020-01-01", "--port", server.port)
        assert server.stop(signal.SIGTERM).status == 0
    with served("--seed", str(seed), "--state", str(file)) as server:
        dump = json.loads(run("dump", "--port", server.port).out)
    (user,) = dump["accounts"]["123456789012"]["users"]
    assert (user["name"], user["created"]) == ("alice", "2020-01-01T00:00:00Z")


def test_a_damaged_state_file_is_one_line_and_exit_status_2(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    file.write_text('{"format": "fake_iam/1", "acc')
    done = run("--port", "0", "--state", str(file))
    assert (done.status, done.out, done.err.count("\n")) == (2, "", 1)
    assert done.err.startswith(f"fake-iam: {file}: line 1: this is no JSON: ")
    assert file.read_text() == '{"format": "fake_iam/1", "acc'


def test_a_bad_seed_is_one_line_and_exit_status_2(tmp_path: Path) -> None:
    file = tmp_path / "seed.yaml"
    file.write_text("users:\n  - name: alice\n    path: eng\n")
    done = run("--port", "0", "--seed", str(file))
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(f"fake-iam: {file}: line 3: users[0].path: 'eng' is refused: ")


def test_a_real_looking_key_is_warned_of_on_the_servers_terminal() -> None:
    with served() as server:
        import boto3

        boto3.session.Session().client(
            "iam",
            endpoint_url=server.url,
            region_name="us-east-1",
            aws_access_key_id="AKIAQ7RZPUZDIK4B5KYU",
            aws_secret_access_key="x",
        ).list_users()
        err = server.stop(signal.SIGTERM).err
    assert err == (
        "fake-iam: a call was signed with AKIA...5KYU, which looks like a real AWS key and was not issued here\n"
    )


def test_tokens_and_keys_of_providers(fake: FakeIAM, capsys: Output, tmp_path: Path) -> None:
    fake.seed({"oidc_providers": [{"url": "https://login.example.com", "client_ids": ["app"]}]})
    asked = ("web-identity-token", "https://login.example.com", "--sub", "bob")
    status, text = said(capsys, *asked, "--claim", 'amr=["mfa"]', "--claim", "email=a@b.c", "--claim", "iat=null")
    claims = jwt.decode(text.strip(), options={"verify_signature": False})
    assert (status, claims.pop("exp") > 0) == (0, True)
    assert claims == {
        "iss": "https://login.example.com",
        "sub": "bob",
        "aud": "app",
        "amr": ["mfa"],
        "email": "a@b.c",
    }
    assert said(capsys, *asked, "--claim", "email") == (
        2,
        "fake-iam: 'email' must be a claim and its value: email=alice@example.com\n",
    )
    file = tmp_path / "jwks.json"
    file.write_text('{"keys": []}')
    done = (0, '{\n  "status": "done"\n}\n')
    assert said(capsys, "web-identity-keys", "https://login.example.com", "--jwks", str(file)) == done
    status, text = said(capsys, "web-identity-keys", "login.example.com", "--jwks-url", "https://example.com/keys")
    assert (status, "nothing else is asked" in text) == (1, True)


def test_metadata_and_assertions_of_providers(fake: FakeIAM, capsys: Output) -> None:
    status, document = said(capsys, "saml-metadata", "--entity-id", "https://idp.example.com")
    assert (status, 'entityID="https://idp.example.com"' in document) == (0, True)
    fake.client("iam").create_saml_provider(Name="Okta", SAMLMetadataDocument=document.strip())
    asked = ("saml-assertion", "Okta", "--role", "sso", "--session-name", "alice", "--tag", "team=red")
    more = ("--transitive-tag-key", "team", "--attribute", "groups=a", "--attribute", "groups=b", "--duration", "900")
    status, text = said(capsys, *asked, *more)
    values = [value.text for value in etree.fromstring(base64.b64decode(text)).iter("{*}AttributeValue")]
    provider = "arn:aws:iam::123456789012:saml-provider/Okta"
    role = "arn:aws:iam::123456789012:role/sso"
    assert (status, values) == (0, [f"{role},{provider}", "alice", "900", "red", "team", "a", "b"])
    assert said(capsys, *asked, "--tag", "team") == (
        2,
        "fake-iam: 'team' must be a tag's key and value: team=red\n",
    )


def test_a_service_takes_on_a_role_from_the_command_line(fake: FakeIAM, capsys: Output) -> None:
    statement = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    fake.client("iam").create_role(RoleName="web", AssumeRolePolicyDocument=trust)
    status, text = said(capsys, "assume-role-as", "ec2.amazonaws.com", "web", "--session-name", "i-1")
    made = json.loads(text)
    assert (status, sorted(made)) == (0, ["AssumedRoleUser", "Credentials"])
    credentials = made["Credentials"]
    sts = fake.client(
        "sts",
        access_key_id=credentials["AccessKeyId"],
        secret_access_key=credentials["SecretAccessKey"],
        session_token=credentials["SessionToken"],
    )
    assert sts.get_caller_identity()["Arn"] == "arn:aws:sts::123456789012:assumed-role/web/i-1"
    assert said(capsys, "assume-role-as", "lambda.amazonaws.com", "web", "--session-name", "fn") == (
        1,
        "fake-iam: AccessDenied: User: lambda.amazonaws.com is not authorized to perform: sts:AssumeRole "
        "on resource: arn:aws:iam::123456789012:role/web\n",
    )


@needs("AssociateDelegationRequest")
def test_what_partners_are_told_is_printed(fake: FakeIAM, capsys: Output) -> None:
    iam = fake.client("iam")
    made = iam.create_delegation_request(
        Description="Sets up the integration",
        Permissions={"PolicyTemplateArn": "arn:aws:iam:::delegation-template/example"},
        RequestorWorkflowId="onboarding-1",
        NotificationChannel="arn:aws:sns:us-east-1:123456789012:requests",
        SessionDuration=3600,
    )
    iam.associate_delegation_request(DelegationRequestId=made["DelegationRequestId"])
    status, text = said(capsys, "delegation-notifications", made["DelegationRequestId"])
    (told,) = json.loads(text)["notifications"]
    assert (status, told["workflow_id"], told["state"]) == (0, "onboarding-1", "ASSIGNED")
    assert said(capsys, "delegation-notifications", "another") == (0, '{\n  "notifications": []\n}\n')
