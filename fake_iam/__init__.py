"""A local server that answers AWS IAM and STS as AWS does. The public names; everything else may change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fake_iam.control.documents.problems import AwsRefusal
    from fake_iam.domain.clock import ManualClock
    from fake_iam.fake import FakeIAM
    from fake_iam.settings import Settings, SettingsError

    __version__: str

__all__ = ["AwsRefusal", "FakeIAM", "ManualClock", "Settings", "SettingsError", "__version__"]


def __getattr__(name: str) -> Any:
    """Import public names when they are first used, so that pytest starts fast with the plugin installed."""
    if name == "FakeIAM":
        from fake_iam.fake import FakeIAM

        return FakeIAM
    if name == "AwsRefusal":
        from fake_iam.control.documents.problems import AwsRefusal

        return AwsRefusal
    if name == "ManualClock":
        from fake_iam.domain.clock import ManualClock

        return ManualClock
    if name in ("Settings", "SettingsError"):
        from fake_iam import settings

        return getattr(settings, name)
    if name == "__version__":
        from fake_iam.version import VERSION

        return VERSION
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
