"""What stands in a person's record?  Each app that has entries of her offers them here."""

from tongmai.care.diagnostics import timeline as diagnostics
from tongmai.care.family_doctors import timeline as family_doctors
from tongmai.care.referrals import timeline as referrals
from tongmai.commons.capacity import timeline as capacity
from tongmai.commons.ecg import timeline as ecg
from tongmai.commons.encounters import timeline as encounters
from tongmai.commons.imaging import timeline as imaging
from tongmai.commons.recognition import timeline as recognition
from tongmai.commons.residents import merged
from tongmai.commons.residents.sections import Section
from tongmai.commons.residents.timeline import Kind, provide
from tongmai.commons.results import timeline as results

provide(Kind.ENCOUNTER, rows=encounters.rows, entry=encounters.entry, section=Section.ENCOUNTERS)
provide(Kind.REPORT, rows=results.reports, entry=results.report, section=Section.RESULTS)
provide(Kind.STUDY, rows=imaging.rows, entry=imaging.entry, section=Section.RESULTS)
provide(Kind.ECG, rows=ecg.rows, entry=ecg.entry, section=Section.RESULTS)
provide(Kind.REQUEST, rows=diagnostics.requests, entry=diagnostics.request, section=Section.RESULTS)
provide(Kind.DOCUMENT, rows=results.documents, entry=results.document, section=Section.DOCUMENTS)
provide(Kind.REFERRAL, rows=referrals.rows, entry=referrals.entry)
provide(Kind.BOOKING, rows=capacity.rows, entry=capacity.entry)
provide(Kind.CONTRACT, rows=family_doctors.rows, entry=family_doctors.entry)
provide(Kind.RECOGNITION, rows=recognition.rows, entry=recognition.entry, section=Section.RESULTS)
provide(Kind.MERGE, rows=merged.rows, entry=merged.entry)
