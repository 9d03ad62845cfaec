"""The STS service: importing it registers every operation it answers."""

from fake_iam.services.sts import caller, federation, sessions
from fake_iam.services.sts.service import STS

__all__ = ["STS", "caller", "federation", "sessions"]
