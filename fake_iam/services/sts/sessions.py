"""Temporary credentials."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from fake_iam.domain.credentials.mfa_devices import MfaDevice, both_or_neither, mfa_device_denied, wrong_session_code
from fake_iam.domain.sts.sessions import Session
from fake_iam.services.context import Context
from fake_iam.services.sts.service import STS
from fake_iam.store.base import Account

USER_SECONDS = 43_200
ROOT_SECONDS = 3_600  # both from the API references of GetSessionToken and GetFederationToken


@STS.operation("GetSessionToken", open_to_roles=False)
def get_session_token(
    ctx: Context,
    *,
    duration_seconds: int | None = None,
    serial_number: str | None = None,
    token_code: str | None = None,
    minimum_session_token_size: int = 0,
) -> dict[str, Any]:
    """Make temporary credentials of the caller; with a code of its MFA device they may call IAM."""
    mfa = serial_number is not None or token_code is not None
    if mfa:
        take_code(ctx, serial_number, token_code)
    return {"Credentials": credentials(new_session(ctx, duration_seconds, minimum_session_token_size, mfa=mfa))}


def take_code(ctx: Context, serial_number: str | None, token_code: str | None) -> None:
    """Use up a code of the caller's MFA device.

    Raises:
        AccessDenied: the device is not the caller's, or the code not the device's.
    """
    if serial_number is None or token_code is None:
        raise both_or_neither()
    devices = ctx.account.table(MfaDevice)
    device = devices.get(serial_number)
    if device is None or device.owner_id != ctx.caller.id:
        raise mfa_device_denied()
    proven = device.taking((token_code,), ctx.now, ctx.world.mfa_code_at)
    if proven is None:
        raise wrong_session_code()
    devices.put(serial_number, proven)


def new_session(
    ctx: Context,
    duration_seconds: int | None,
    minimum_token_size: int,
    **others: Any,
) -> Session:
    """Temporary credentials that rest on the caller's. Those of the root user last an hour at the most."""
    seconds = duration_seconds or USER_SECONDS
    if ctx.caller.kind == "root":
        seconds = min(seconds, ROOT_SECONDS)
    return issue(ctx, ctx.account, ctx.caller.id, seconds, minimum_token_size, **others)


def issue(
    ctx: Context, account: Account, owner_id: str, seconds: int, minimum_token_size: int, **others: Any
) -> Session:
    """Draw temporary credentials in an account and keep them; ``others`` are further fields of the row."""
    session = Session(
        key_id=ctx.ids.session_key_id(account.id),
        account_id=account.id,
        owner_id=owner_id,
        secret=ctx.ids.secret(),
        token=ctx.ids.session_token(minimum_token_size),
        issued_at=ctx.now,
        expires_at=ctx.now + timedelta(seconds=seconds),
        **others,
    )
    ctx.store.record_issue(session.key_id, account.id)
    account.sessions.put(session.key_id, session)
    return session


def credentials(session: Session) -> dict[str, Any]:
    """A session as it is shown, once, with its secret and token."""
    return {
        "AccessKeyId": session.key_id,
        "SecretAccessKey": session.secret,
        "SessionToken": session.token,
        "Expiration": session.expires_at,
    }
