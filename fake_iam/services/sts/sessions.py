"""Temporary credentials."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from fake_iam.domain.access_keys import Session
from fake_iam.domain.errors import AccessDenied
from fake_iam.services.context import Context
from fake_iam.services.sts.service import STS

USER_SECONDS = 43_200
ROOT_SECONDS = 3_600  # both from the API reference of GetSessionToken


@STS.operation("GetSessionToken")
def get_session_token(
    ctx: Context,
    *,
    duration_seconds: int | None = None,
    serial_number: str | None = None,
    token_code: str | None = None,
    minimum_session_token_size: int = 0,
) -> dict[str, Any]:
    """Make temporary credentials of the caller. Those of the root user last an hour at the most.

    No MFA device exists here yet, so naming one is refused as somebody else's device is.
    """
    if serial_number is not None or token_code is not None:
        raise AccessDenied.mfa_device()
    seconds = duration_seconds or USER_SECONDS
    if ctx.caller.kind == "root":
        seconds = min(seconds, ROOT_SECONDS)
    session = Session(
        key_id=ctx.ids.session_key_id(ctx.account.id),
        account_id=ctx.account.id,
        owner_id=ctx.caller.id,
        secret=ctx.ids.secret(),
        token=ctx.ids.session_token(minimum_session_token_size),
        expires_at=ctx.now + timedelta(seconds=seconds),
    )
    ctx.store.record_issue(session.key_id, ctx.account.id)
    ctx.account.sessions.put(session.key_id, session)
    return {
        "Credentials": {
            "AccessKeyId": session.key_id,
            "SecretAccessKey": session.secret,
            "SessionToken": session.token,
            "Expiration": session.expires_at,
        }
    }
