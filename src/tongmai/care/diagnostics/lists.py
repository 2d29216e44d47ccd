"""The closed lists of the tables with their words: what forms and presenters may know of them."""

from tongmai.care.diagnostics.models import Rejection

REJECT_REASONS = Rejection.Reason.choices
