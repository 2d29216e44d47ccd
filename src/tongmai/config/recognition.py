"""What recognition asks of the apps beside it: is the data behind a report kept?  And what it says on the page of a report."""

from tongmai.commons.recognition import marking
from tongmai.commons.results import showing

showing.remark(marking.tag_of)
