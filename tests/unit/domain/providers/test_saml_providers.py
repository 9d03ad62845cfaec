"""The row of a SAML provider: its validity, its private keys, what it shows."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from fake_iam.domain.errors import InvalidInput, LimitExceeded, ServiceError
from fake_iam.domain.providers.saml_providers import (
    ALLOWED,
    REQUIRED,
    SamlPrivateKey,
    SamlProvider,
    a_century_after,
)

AT = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=timezone.utc)
PROVIDER = SamlProvider("SAMLSPAAAAAAAAAAAAAAAA", "123456789012", "Okta", "<x/>", AT, a_century_after(AT))


def key(key_id: str) -> SamlPrivateKey:
    return SamlPrivateKey(key_id, AT, "very secret")


def refused(problem: pytest.ExceptionInfo[ServiceError]) -> str | None:
    return problem.value.message


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ((2025, 4, 14, 15, 56, 37), (2125, 4, 14, 15, 56, 37)),
        ((2024, 2, 29, 12), (2124, 2, 29, 12)),
        ((2000, 2, 29, 12), (2100, 2, 28, 12)),
        ((9950, 1, 1), (9999, 1, 1)),
    ],
)
def test_metadata_is_valid_for_a_hundred_years(at: tuple[int, ...], until: tuple[int, ...]) -> None:
    assert a_century_after(datetime(*at, tzinfo=timezone.utc)) == datetime(*until, tzinfo=timezone.utc)  # type: ignore[arg-type, misc]


def test_a_provider_has_an_arn_in_its_partition_and_a_name_without_case() -> None:
    assert (PROVIDER.arn, PROVIDER.name_key) == ("arn:aws:iam::123456789012:saml-provider/Okta", "okta")


def test_other_metadata_is_valid_from_its_upload_on() -> None:
    later = AT.replace(year=2030)
    changed = PROVIDER.with_metadata("<y/>", later)
    assert (changed.metadata, changed.valid_until.year, changed.created_at) == ("<y/>", 2130, AT)


def test_a_third_private_key_is_refused() -> None:
    full = PROVIDER.with_private_key(key("A")).with_private_key(key("B"))
    assert [each.id for each in full.private_keys] == ["A", "B"]
    with pytest.raises(LimitExceeded) as problem:
        full.with_private_key(key("C"))
    assert refused(problem) == "Private key limit of 2 is reached."


def test_a_key_that_is_not_there_cannot_be_removed() -> None:
    with pytest.raises(InvalidInput) as problem:
        PROVIDER.with_private_key(key("A")).without_private_key("B")
    assert refused(problem) == "Failed to remove private key because the Key ID does not match a private key."


def test_the_last_key_stays_while_encryption_is_required() -> None:
    required = PROVIDER.with_private_key(key("A")).with_encryption(REQUIRED)
    with pytest.raises(InvalidInput) as problem:
        required.without_private_key("A")
    assert refused(problem) == "Failed to remove private key."
    assert required.with_encryption(ALLOWED).without_private_key("A").private_keys == ()
    assert required.with_private_key(key("B")).without_private_key("A").private_keys == (key("B"),)


def test_encryption_cannot_be_required_without_a_key() -> None:
    with pytest.raises(InvalidInput) as problem:
        PROVIDER.with_encryption(REQUIRED)
    said = "Unable to set assertion encryption mode to Required because no private key is provided."
    assert refused(problem) == said
    assert PROVIDER.with_encryption(ALLOWED) == PROVIDER


def test_no_repr_shows_a_private_key() -> None:
    assert "secret" not in repr(PROVIDER.with_private_key(key("A")))
