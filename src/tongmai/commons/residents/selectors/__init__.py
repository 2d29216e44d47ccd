"""Reads of residents: found, summed up, listed, and who looked at them."""

from tongmai.commons.residents.selectors.emergencies import EmergencyEntry, emergencies_waiting, emergency
from tongmai.commons.residents.selectors.identity import IdentityPage, change_log, identity_page
from tongmai.commons.residents.selectors.lists import ALL, AREA, COLUMNS, TEAM, Listed, listed, places_of, residents_of
from tongmai.commons.residents.selectors.people import (
    AccessEntry,
    FamilyDoctor,
    ResidentSummary,
    access_log,
    access_rows,
    family_doctor_of,
    groups_of,
    guardians_of,
    has_family_doctor_at,
    may_read_access_log,
    phones_of,
    summaries,
    summary,
    tags_of,
)
from tongmai.commons.residents.selectors.places import place_text
from tongmai.commons.residents.selectors.searching import Found, alike, by_number, search

__all__ = [
    "ALL",
    "AREA",
    "COLUMNS",
    "TEAM",
    "AccessEntry",
    "EmergencyEntry",
    "FamilyDoctor",
    "Found",
    "IdentityPage",
    "Listed",
    "ResidentSummary",
    "access_log",
    "access_rows",
    "alike",
    "by_number",
    "change_log",
    "emergencies_waiting",
    "emergency",
    "family_doctor_of",
    "groups_of",
    "guardians_of",
    "has_family_doctor_at",
    "identity_page",
    "listed",
    "may_read_access_log",
    "phones_of",
    "place_text",
    "places_of",
    "residents_of",
    "search",
    "summaries",
    "summary",
    "tags_of",
]
