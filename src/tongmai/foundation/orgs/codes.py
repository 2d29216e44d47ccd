"""One-time codes: of an authenticator (TOTP, RFC 6238: six digits, thirty seconds) and those on the recovery sheet."""

import secrets
from datetime import datetime

import pyotp

STEP_SECONDS = 30
# A phone's clock may be one step off.
DRIFT_STEPS = 1
# Without characters that look like others on a printed sheet.
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_HALF = 5


def new_secret() -> str:
    """Return a new shared secret of an authenticator, in base32."""
    return pyotp.random_base32()


def address(secret: str, *, account: str, issuer: str) -> str:
    """Return the otpauth address that an authenticator reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def step_of(secret: str, code: str, *, now: datetime) -> int | None:
    """Return the time step for which `code` is right, around now; None when it is right for none."""
    digits = "".join(code.split())
    if not (digits.isascii() and digits.isdigit()):
        return None
    here = int(now.timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    for step in range(here - DRIFT_STEPS, here + DRIFT_STEPS + 1):
        if secrets.compare_digest(totp.at(step * STEP_SECONDS), digits):
            return step
    return None


def recovery_codes(count: int) -> list[str]:
    """Return new codes for the recovery sheet, about 50 bits each."""
    return ["-".join("".join(secrets.choice(_ALPHABET) for _ in range(_HALF)) for _ in range(2)) for _ in range(count)]


def tidy(code: str) -> str:
    """Return a recovery code as it was handed out, however it was typed."""
    plain = "".join(c for c in code.lower() if c.isalnum())
    return f"{plain[:_HALF]}-{plain[_HALF:]}"
