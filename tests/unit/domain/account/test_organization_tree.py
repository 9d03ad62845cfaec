"""Where a unit or an account is in an organization, and which policies hold there."""

from __future__ import annotations

import pytest

from fake_iam.domain.account.organization_tree import FULL_ACCESS, ControlPolicy, Tree, Unit

UPPER, LOWER = "ou-ab12-11111111", "ou-ab12-22222222"
INSIDE, BESIDE = "111111111111", "222222222222"
POLICY = ControlPolicy("p-example1", "example", "arn", "{}", (UPPER, INSIDE))
TREE = Tree("r-ab12", (Unit(UPPER), Unit(LOWER, UPPER, (INSIDE,))), (POLICY,), (UPPER,))


@pytest.mark.parametrize(
    ("entity_id", "way"),
    [
        ("r-ab12", ("r-ab12",)),
        (UPPER, ("r-ab12", UPPER)),
        (LOWER, ("r-ab12", UPPER, LOWER)),
        (INSIDE, ("r-ab12", UPPER, LOWER, INSIDE)),
        (BESIDE, ("r-ab12", BESIDE)),
    ],
)
def test_the_way_leads_from_the_root_down(entity_id: str, way: tuple[str, ...]) -> None:
    assert TREE.way_to(entity_id) == way


def test_each_level_has_what_hangs_on_it() -> None:
    own = POLICY.as_policy()
    assert TREE.levels(INSIDE) == ([FULL_ACCESS], [own], [FULL_ACCESS], [FULL_ACCESS, own])
    assert TREE.levels(BESIDE) == ([FULL_ACCESS], [FULL_ACCESS])


def test_full_access_alone_limits_nobody() -> None:
    assert Tree("r-ab12").levels(INSIDE) == ()
