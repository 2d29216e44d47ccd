"""Why may this actor open this person's record, and how far?  Each app that knows a reason, or a limit, offers it here."""

from uuid import UUID

from tongmai.care.critical_values import bases as critical_values
from tongmai.care.diagnostics import bases as diagnostics
from tongmai.care.family_doctors import bases as family_doctors
from tongmai.care.referrals import bases as referrals
from tongmai.commons.capacity import selectors as capacity
from tongmai.commons.encounters import reasons as encounters
from tongmai.commons.imaging import reasons as imaging
from tongmai.commons.residents import reasons as residents
from tongmai.commons.residents.bases import Basis, provide
from tongmai.commons.residents.sensitive.view import provide_concern, provide_marks
from tongmai.commons.results import reasons as results
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.roles import Role

provide(Basis.SELF)(residents.is_herself)
provide(Basis.GUARDIAN, kept=True)(residents.is_guardian)
provide(Basis.OWN_ENCOUNTER, kept=True, since=encounters.counts_since)(encounters.has_own_encounter)
provide(Basis.CONTRACT, kept=True)(residents.is_family_doctor)
provide(Basis.CONTRACT, kept=True)(family_doctors.is_in_her_team)
provide(Basis.RESPONSIBLE_AREA, kept=True)(residents.is_responsible_for_area)
provide(Basis.EMERGENCY, kept=True)(residents.has_emergency_access)
provide(Basis.ORDER, kept=True, since=results.counts_since)(results.has_ordered)
provide(Basis.ORDER, kept=True, since=results.counts_since)(results.has_reported)
provide(Basis.ORDER, kept=True, since=results.counts_since)(critical_values.was_told)
provide(Basis.ORDER, kept=True, since=results.counts_since)(diagnostics.performs)
provide(Basis.ORDER, kept=True, since=results.counts_since)(diagnostics.reports)
provide(Basis.BOOKING, kept=True, since=capacity.bookings_count_since)(capacity.holds_booking)


@provide(Basis.REGISTRATION)
def is_importing(by: Actor, resident_id: UUID) -> bool:
    """An import of a register writes what the register says; it acts as the system and shows nobody anything."""
    return by.role == Role.SYSTEM and by.channel == "import"


provide(Basis.REFERRAL_RECEIVED)(referrals.has_received)
provide(Basis.REFERRAL_SENT)(referrals.has_sent)

# Which of a person's entries are sensitive, and which kinds the actor's organisation is concerned with.
provide_marks(encounters.marked_encounters)
provide_marks(encounters.marked_diagnoses, counted=False)
provide_marks(encounters.marked_episodes, counted=False)
provide_marks(encounters.marked_medicines)
provide_marks(results.marked_requests)
provide_marks(results.marked_reports)
provide_marks(results.marked_documents)
provide_marks(imaging.marked_studies)
provide_concern(treated=encounters.treated, referred=referrals.referred)
