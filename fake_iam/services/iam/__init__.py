"""The IAM service: importing it registers every operation it answers."""

from fake_iam.services.iam import access_keys, leftovers, users
from fake_iam.services.iam.service import IAM

__all__ = ["IAM", "access_keys", "leftovers", "users"]
