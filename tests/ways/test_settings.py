"""Every setting: its default, its variable, its range and the text that refuses what is outside."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields
from typing import Any

import botocore.session
import pytest

from fake_iam import Settings, SettingsError
from fake_iam.domain.quotas import QUOTA_NAMES, Quotas

GOOD = {
    "host": ("0.0.0.0", "0.0.0.0"),
    "port": ("8080", 8080),
    "auth": ("strict", "strict"),
    "enforce_policies": ("off", "off"),
    "account_id": ("111122223333", "111122223333"),
    "partition": ("aws-cn", "aws-cn"),
    "random_seed": ("-7", -7),
    "root_access_key_id": ("AKIAQROOTROOTROOTROO", "AKIAQROOTROOTROOTROO"),
    "root_secret_access_key": ("root-secret", "root-secret"),
    "access_keys_per_user": ("5", 5),
    "users_per_account": ("10", 10),
    "page_size": ("3", 3),
    "seed": ("seed.yaml", "seed.yaml"),
    "state": ("state.json", "state.json"),
    "store": ("sqlite:///state.db", "sqlite:///state.db"),
    "workers": ("2", 2),
    "journal_size": ("7", 7),
    "access_key_prefix": ("FAKE", "FAKE"),
    "awkward_secrets": ("true", True),
    "quotas": ("groups_per_user=3", "groups_per_user=3"),
    "credential_report_seconds": ("5", 5),
    "access_report_seconds": ("5", 5),
    "role_deletion_seconds": ("5", 5),
    "any_mfa_code": ("true", True),
    "control_token": ("t0ken", "t0ken"),
    "upstream": ("http://127.0.0.1:5000", "http://127.0.0.1:5000"),
    "console": ("false", False),
    "clock": ("91 days ago", "91 days ago"),
}
NEEDS = {
    "workers": {"FAKE_IAM_STORE": "sqlite:///state.db"},
    "root_secret_access_key": {"FAKE_IAM_ROOT_ACCESS_KEY_ID": "AKIAQROOTROOTROOTROO"},
}
KNOWN = ", ".join(sorted(f"FAKE_IAM_{name.upper()}" for name in GOOD))


def refusal(**settings: Any) -> str:
    with pytest.raises(SettingsError) as caught:
        Settings(**settings)
    return str(caught.value)


def refusal_of_environment(environ: dict[str, str], **overrides: Any) -> str:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env(environ, **overrides)
    return str(caught.value)


def test_the_defaults_are_the_documented_ones() -> None:
    settings = Settings()
    assert {field.name: getattr(settings, field.name) for field in fields(Settings)} == {
        "host": "127.0.0.1",
        "port": 4593,
        "auth": "issued",
        "enforce_policies": None,
        "account_id": "123456789012",
        "partition": "aws",
        "random_seed": None,
        "root_access_key_id": None,
        "root_secret_access_key": None,
        "access_keys_per_user": 2,
        "users_per_account": 5000,
        "page_size": 1000,
        "seed": None,
        "state": None,
        "store": "memory",
        "workers": 1,
        "journal_size": 1000,
        "access_key_prefix": "AKIA",
        "awkward_secrets": False,
        "quotas": "",
        "credential_report_seconds": 0,
        "access_report_seconds": 0,
        "role_deletion_seconds": 0,
        "any_mfa_code": False,
        "control_token": None,
        "upstream": None,
        "console": True,
        "clock": None,
    }


def test_every_setting_is_tried_below() -> None:
    assert [field.name for field in fields(Settings)] == list(GOOD)


@pytest.mark.parametrize("name", GOOD)
def test_a_setting_is_read_from_its_variable(name: str) -> None:
    text, value = GOOD[name]
    settings = Settings.from_env({f"FAKE_IAM_{name.upper()}": text, **NEEDS.get(name, {})})
    assert getattr(settings, name) == value


@pytest.mark.parametrize("name", GOOD)
def test_an_override_wins_over_the_variable(name: str) -> None:
    override = getattr(Settings(root_access_key_id="AKIAQOTHEROTHEROTHER"), name)
    override = "another" if name == "root_secret_access_key" else override
    environ = {f"FAKE_IAM_{name.upper()}": GOOD[name][0], **NEEDS.get(name, {})}
    assert getattr(Settings.from_env(environ, **{name: override}), name) == override


def test_without_variables_the_defaults_hold() -> None:
    assert Settings.from_env({"PATH": "/bin", "AWS_REGION": "eu-west-1"}) == Settings()


def test_the_process_environment_is_read_if_none_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_IAM_PAGE_SIZE", "17")
    assert Settings.from_env().page_size == 17


@pytest.mark.parametrize("auth", ["off", "issued", "strict"])
def test_there_are_three_modes(auth: Any) -> None:
    assert Settings(auth=auth).auth == auth


@pytest.mark.parametrize(("auth", "mode"), [("off", "log"), ("issued", "log"), ("strict", "on")])
def test_policies_decide_on_a_strict_server_and_are_noted_elsewhere(auth: Any, mode: str) -> None:
    assert Settings(auth=auth).enforcement == mode
    assert Settings(auth=auth, enforce_policies="off").enforcement == "off"


def test_policies_are_enforced_in_one_of_three_ways() -> None:
    assert refusal(enforce_policies="maybe") == "enforce_policies is 'maybe'; it must be one of on, off, log"


def test_a_state_file_beside_a_store_is_refused() -> None:
    assert refusal(state="state.json", store="sqlite:///state.db") == (
        "state and store are given; a store in a database needs no state file beside it"
    )


def test_workers_in_memory_are_refused_with_a_word_why() -> None:
    assert refusal(workers=2) == (
        "workers is 2 and store is memory, where each would have an account of its own; give them a store in a "
        "database, such as sqlite:///state.db"
    )


def test_the_password_of_a_store_is_not_shown() -> None:
    assert "hush" not in repr(Settings(store="postgresql://user:hush@localhost/iam"))


def test_a_mode_that_is_none_is_refused() -> None:
    assert refusal(auth="loose") == "auth is 'loose'; it must be one of off, issued, strict"


@pytest.mark.parametrize("account", ["12345678901", "1234567890123", "12345678901x", "", "12345678901\N{DIGIT TWO}\n"])
def test_an_account_that_is_not_twelve_digits_is_refused(account: str) -> None:
    assert refusal(account_id=account) == f"account_id is {account!r}; it must be twelve digits"


def test_digits_of_other_scripts_make_no_account() -> None:
    account = "\N{ARABIC-INDIC DIGIT ONE}" * 12
    assert refusal(account_id=account) == f"account_id is {account!r}; it must be twelve digits"


@pytest.mark.parametrize("key_id", ["", "AKIATOOSHORT", "A" * 129, "AKIA-ROOT-ROOT-ROOT", "AKIAQROOTROOTROOTRO\n"])
def test_a_root_key_id_outside_its_form_is_refused(key_id: str) -> None:
    text = f"root_access_key_id is {key_id!r}; it must be 16 to 128 letters and digits"
    assert refusal(root_access_key_id=key_id) == text


@pytest.mark.parametrize("length", [16, 128])
def test_a_root_key_id_may_have_16_to_128_characters(length: int) -> None:
    assert Settings(root_access_key_id="A" * length).root_access_key_id == "A" * length


def test_a_root_secret_needs_its_id() -> None:
    text = "root_secret_access_key is given without root_access_key_id; it needs one"
    assert refusal(root_secret_access_key="secret") == text


def test_an_empty_root_secret_is_refused() -> None:
    text = "root_secret_access_key is empty; it must have at least one character"
    assert refusal(root_access_key_id="AKIAQROOTROOTROOTROO", root_secret_access_key="") == text


@pytest.mark.parametrize("prefix", ["", "AKI", "AKIAX", "akia", "AK-A", "AKI\n"])
def test_a_prefix_that_is_not_four_capitals_or_digits_is_refused(prefix: str) -> None:
    text = f"access_key_prefix is {prefix!r}; it must be four capital letters or digits"
    assert refusal(access_key_prefix=prefix) == text


@pytest.mark.parametrize("token", ["", "hush hush", "h\u00fcsh", "h" * 201])
def test_a_token_that_no_header_can_carry_is_refused_and_not_repeated(token: str) -> None:
    assert refusal(control_token=token) == "control_token must be 1 to 200 visible ASCII characters"


@pytest.mark.parametrize(
    ("text", "value"), [("true", True), ("YES", True), ("1", True), ("false", False), ("no", False), ("0", False)]
)
def test_a_boolean_is_read_from_its_words(text: str, value: bool) -> None:
    assert Settings.from_env({"FAKE_IAM_AWKWARD_SECRETS": text}).awkward_secrets is value


def test_a_word_that_is_no_boolean_is_refused() -> None:
    refused = refusal_of_environment({"FAKE_IAM_AWKWARD_SECRETS": "maybe"})
    assert refused == "awkward_secrets is 'maybe'; it must be true or false"


def test_the_control_token_is_not_in_the_repr() -> None:
    assert "hush" not in repr(Settings(control_token="hush"))


def test_quotas_are_awss_but_for_those_that_are_named() -> None:
    quotas = Settings(quotas="groups_per_user=3, policy_size=100", users_per_account=7).all_quotas()
    assert quotas == Quotas(users_per_account=7, groups_per_user=3, policy_size=100)


def test_a_quota_that_is_none_is_refused_with_those_there_are() -> None:
    text = f"quotas has 'keys', which is no quota; there are {', '.join(QUOTA_NAMES)}"
    assert refusal(quotas="keys=3") == text


@pytest.mark.parametrize("number", ["0", "-1", "x", "1000001", "", "\N{DIGIT ONE}\n"])
def test_a_quota_out_of_range_is_refused(number: str) -> None:
    assert refusal(quotas=f"groups_per_user={number}x") == (
        f"quotas has groups_per_user={number + 'x'!r}; it must be from 1 to 1000000"
    )


RANGES = [
    ("port", 0, 65535),
    ("access_keys_per_user", 1, 1000),
    ("users_per_account", 1, 1_000_000),
    ("page_size", 1, 1000),
    ("journal_size", 1, 1_000_000),
    ("credential_report_seconds", 0, 86_400),
    ("access_report_seconds", 0, 86_400),
    ("role_deletion_seconds", 0, 86_400),
]


@pytest.mark.parametrize("name, low, high", RANGES)
def test_a_number_below_or_above_its_range_is_refused(name: str, low: int, high: int) -> None:
    for value in (low - 1, high + 1):
        assert refusal(**{name: value}) == f"{name} is {value}; it must be from {low} to {high}"


@pytest.mark.parametrize("name, low, high", RANGES)
def test_the_ends_of_a_range_belong_to_it(name: str, low: int, high: int) -> None:
    settings: list[dict[str, Any]] = [{name: low}, {name: high}]
    assert [getattr(Settings(**one), name) for one in settings] == [low, high]


@pytest.mark.parametrize("name", ["port", "random_seed", "access_keys_per_user", "users_per_account", "page_size"])
@pytest.mark.parametrize("text", ["many", "", "1.5", "0x10"])
def test_a_variable_that_is_no_whole_number_is_refused(name: str, text: str) -> None:
    refused = refusal_of_environment({f"FAKE_IAM_{name.upper()}": text})
    assert refused == f"{name} is {text!r}; it must be a whole number"


def test_a_variable_out_of_range_is_refused_as_a_setting_is() -> None:
    assert refusal_of_environment({"FAKE_IAM_PORT": "65536"}) == "port is 65536; it must be from 0 to 65535"


def test_a_variable_that_is_no_setting_is_refused_with_those_there_are() -> None:
    refused = refusal_of_environment({"FAKE_IAM_PROT": "8080"})
    assert refused == f"FAKE_IAM_PROT is no setting; there are {KNOWN}"


def test_a_misspelt_variable_is_refused_even_if_the_setting_is_overridden() -> None:
    assert refusal_of_environment({"FAKE_IAM_port": "1"}, port=2) == f"FAKE_IAM_port is no setting; there are {KNOWN}"


def test_the_root_secret_is_not_in_the_repr() -> None:
    shown = repr(Settings(root_access_key_id="AKIAQROOTROOTROOTROO", root_secret_access_key="hush"))
    assert "hush" not in shown
    assert "root_access_key_id='AKIAQROOTROOTROOTROO'" in shown


def test_a_refused_secret_is_not_in_the_text() -> None:
    assert "hush" not in refusal(root_secret_access_key="hush")


def test_settings_do_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings().port = 1  # type: ignore[misc]


def test_settings_are_given_by_name() -> None:
    with pytest.raises(TypeError):
        Settings("0.0.0.0")  # type: ignore[call-arg]


def test_a_settings_error_is_a_value_error() -> None:
    assert issubclass(SettingsError, ValueError)


def test_a_partition_is_one_that_botocore_knows() -> None:
    said, _, names = refusal(partition="aws-moon").partition("; it must be one of ")
    assert said == "partition is 'aws-moon'"
    assert set(names.split(", ")) == set(botocore.session.Session().get_available_partitions())
    for partition in ("aws-cn", "aws-us-gov", "aws-iso"):
        assert Settings(partition=partition).partition == partition


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "there is no address"),
        ("127.0.0.1:5000", "'127.0.0.1:5000' is no address such as http://127.0.0.1:5000"),
        ("https://127.0.0.1", "'https://127.0.0.1' is no address such as http://127.0.0.1:5000"),
        ("http://127.0.0.1:0", "'http://127.0.0.1:0' is no address such as http://127.0.0.1:5000"),
        ("http://127.0.0.1:65536", "'http://127.0.0.1:65536' is no address such as http://127.0.0.1:5000"),
        ("http://127.0.0.1/path", "'http://127.0.0.1/path' is no address such as http://127.0.0.1:5000"),
        ("s/3=http://127.0.0.1", "'s/3' is no service such as s3"),
        ("http://a,http://b", "there are two addresses for all services"),
        ("s3=http://a,s3=http://b", "there are two addresses for s3"),
    ],
)
def test_upstreams_are_addresses(text: str, said: str) -> None:
    assert refusal(upstream=text) == f"upstream: {said}"


def test_upstreams_are_told_by_service() -> None:
    given = "s3=http://localhost:9000, http://[::1]:5000/, dynamodb=http://tables"
    assert {name: upstream.url for name, upstream in Settings(upstream=given).upstreams().items()} == {
        "s3": "http://localhost:9000",
        "": "http://[::1]:5000",
        "dynamodb": "http://tables:80",
    }


def test_a_server_is_not_its_own_upstream() -> None:
    assert refusal(upstream="s3=http://127.0.0.1:4593") == "upstream: 127.0.0.1:4593 is this server itself"
