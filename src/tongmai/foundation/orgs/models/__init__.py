"""The tables: `directory` (organisations, people, posts, accounts) and `signing` (how accounts are signed in to)."""

from tongmai.foundation.orgs.models.directory import (
    Agreement,
    Alliance,
    ApiToken,
    CatchmentArea,
    Department,
    Membership,
    Org,
    Post,
    Staff,
    User,
    UserManager,
    valid_on,
)
from tongmai.foundation.orgs.models.signing import Attempts, Factor, PastPassword, RecoveryCode, SignIn

__all__ = [
    "Agreement",
    "Alliance",
    "ApiToken",
    "Attempts",
    "CatchmentArea",
    "Department",
    "Factor",
    "Membership",
    "Org",
    "PastPassword",
    "Post",
    "RecoveryCode",
    "SignIn",
    "Staff",
    "User",
    "UserManager",
    "valid_on",
]
