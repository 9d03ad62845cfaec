"""What GetFederationToken makes of its policies."""

from __future__ import annotations

import pytest

from fake_iam.domain.sts.federation import packed_size


@pytest.mark.parametrize(
    ("policy", "arns", "size"),
    [(None, [], 0), ("{}", [], 1), ("x" * 1024, [], 50), ("x" * 1024, ["y" * 512], 75), ("x" * 2048, [], 100)],
)
def test_the_packed_size_is_the_share_of_2048_characters_rounded_up(
    policy: str | None, arns: list[str], size: int
) -> None:
    assert packed_size(policy, arns) == size
