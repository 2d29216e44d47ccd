"""What a password must be, by policy; Django's own validators add the list of common ones and likeness to the name."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongmai.foundation.orgs import policy, rules
from tongmai.foundation.orgs.models import User
from tongmai.kernel.months import local_day

MOST = 200  # more only costs time


class ByPolicy:
    """A validator for AUTH_PASSWORD_VALIDATORS: length and kinds of characters."""

    def validate(self, password: str, user: Any = None) -> None:
        on = local_day(timezone.now())
        least = policy.value("security.password.length", on=on).int
        if not least <= len(password) <= MOST:
            problem = _("密码应为 %(least)s 至 %(most)s 个字符。") % {"least": least, "most": MOST}
            raise ValidationError(problem, code="password_length")
        classes = policy.value("security.password.classes", on=on).int
        if rules.character_classes(password) < classes:
            problem = ngettext(
                "小写、大写、数字、其他字符中至少要有 %(num)s 类。",
                "小写、大写、数字、其他字符中至少要有 %(num)s 类。",
                classes,
            ) % {"num": classes}
            raise ValidationError(problem, code="password_classes")

    def get_help_text(self) -> str:
        return help_text()


def help_text() -> str:
    """Return what to tell somebody who chooses a password."""
    least = policy.value("security.password.length", on=local_day(timezone.now())).int
    return _("至少 %(least)s 个字符，不用常见密码和自己的姓名，也不用以前的密码。一句话最好记。") % {"least": least}


def is_expired_initial(user: User, *, on: date) -> bool:
    """Whether the account still has its initial password, and that for too long."""
    if not user.must_change_password or user.password_set_on is None:
        return False
    lifetime = policy.value("security.password.initial_lifetime", on=on)
    return on >= lifetime.after(user.password_set_on)


def is_too_old(user: User, *, on: date) -> bool:
    """Whether the policy wants another password by now; 0 days is no limit."""
    longest = policy.value("security.password.longest_age", on=on)
    if longest.int == 0 or user.password_set_on is None:
        return False
    return on >= longest.after(user.password_set_on)
