"""Who keeps the data behind reports, for recognition; and what recognition says on the page of a report."""

from tongmai.commons.recognition import keepers, kept, marking
from tongmai.commons.results import showing
from tongmai.commons.results.choices import Category

kept.provide(Category.IMAGING, keepers.images)
kept.provide(Category.ECG, keepers.tracings)
showing.remark(marking.tag_of)
