"""Operations on the account's password policy."""

from __future__ import annotations

from typing import Any

from fake_iam.domain.account.password_policy import PasswordPolicy, no_password_policy, no_password_policy_to_delete
from fake_iam.services.context import Context
from fake_iam.services.iam.service import IAM


@IAM.operation("GetAccountPasswordPolicy")
def get_account_password_policy(ctx: Context) -> dict[str, Any]:
    """Show the policy that the account has set; age, reuse and hard expiry only if they were given."""
    policy = find_password_policy(ctx)
    if policy is None:
        raise no_password_policy(ctx.account.id)
    return {
        "PasswordPolicy": {
            "MinimumPasswordLength": policy.minimum_length,
            "RequireSymbols": policy.require_symbols,
            "RequireNumbers": policy.require_numbers,
            "RequireUppercaseCharacters": policy.require_uppercase,
            "RequireLowercaseCharacters": policy.require_lowercase,
            "AllowUsersToChangePassword": policy.allow_users_to_change,
            "ExpirePasswords": policy.max_age_days is not None,
            "MaxPasswordAge": policy.max_age_days,
            "PasswordReusePrevention": policy.reuse_prevention,
            "HardExpiry": policy.hard_expiry,
        }
    }


@IAM.operation("UpdateAccountPasswordPolicy")
def update_account_password_policy(
    ctx: Context,
    *,
    minimum_password_length: int = 6,
    require_symbols: bool = False,
    require_numbers: bool = False,
    require_uppercase_characters: bool = False,
    require_lowercase_characters: bool = False,
    allow_users_to_change_password: bool = False,
    max_password_age: int | None = None,
    password_reuse_prevention: int | None = None,
    hard_expiry: bool | None = None,
) -> None:
    """Set the whole policy: what is left out falls back to its default."""
    policy = PasswordPolicy(
        account_id=ctx.account.id,
        minimum_length=minimum_password_length,
        require_uppercase=require_uppercase_characters,
        require_lowercase=require_lowercase_characters,
        require_numbers=require_numbers,
        require_symbols=require_symbols,
        allow_users_to_change=allow_users_to_change_password,
        max_age_days=max_password_age,
        reuse_prevention=password_reuse_prevention,
        hard_expiry=hard_expiry,
    )
    ctx.account.table(PasswordPolicy).put(ctx.account.id, policy)


@IAM.operation("DeleteAccountPasswordPolicy")
def delete_account_password_policy(ctx: Context) -> None:
    """Go back to AWS's default policy."""
    if find_password_policy(ctx) is None:
        raise no_password_policy_to_delete()
    ctx.account.table(PasswordPolicy).delete(ctx.account.id)


def find_password_policy(ctx: Context) -> PasswordPolicy | None:
    """The account's own policy, or None where the default one holds."""
    return ctx.account.table(PasswordPolicy).get(ctx.account.id)
