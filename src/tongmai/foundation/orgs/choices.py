"""The closed lists of this app with their words: what forms, presenters and the API may know of the tables."""

from tongmai.foundation.orgs.models import Agreement, Alliance, Membership, Org, Post, Staff
from tongmai.foundation.orgs.roles import GRANTABLE, Role

LEVELS = Org.Level.choices
KINDS = Org.Kind.choices
FORMS = Alliance.Form.choices
TIGHTNESS = Alliance.Tightness.choices
PARTS = Membership.Part.choices
AGREEMENT_KINDS = Agreement.Kind.choices
STAFF_GRADES = Staff.Grade.choices
POSTINGS = Post.Posting.choices
ROLES = [(role.value, role.label) for role in Role if role in GRANTABLE]
# WS 218: level and grade of a hospital.
ORG_GRADES = [f"{level}级{grade}等" for level in "一二三" for grade in "甲乙丙"]


def label(choices: list, value: str) -> str:
    """Return the words of a stored value, or the value itself where the list no longer has it."""
    return str(dict(choices).get(value, value))
