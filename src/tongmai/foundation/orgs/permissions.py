"""What each role may do.  Few roles, named actions, one table; who stands on which side is asked elsewhere."""

from enum import StrEnum

from tongmai.foundation.orgs.roles import CLINICAL, Role


class Action(StrEnum):
    SEARCH_RESIDENTS = "residents.search"
    REGISTER_RESIDENT = "residents.register"
    MATCH_RESIDENTS = "residents.match"
    OPEN_RECORD = "residents.open"
    BREAK_GLASS = "residents.break_glass"
    WRITE_RECORD = "encounters.write"
    SEE_CAPACITY = "capacity.see"
    BOOK = "capacity.book"
    MANAGE_CAPACITY = "capacity.manage"
    SEE_COMPLIANCE = "capacity.compliance"
    RECOGNISE = "recognition.decide"
    SEE_RECOGNITION = "recognition.see"
    MANAGE_RECOGNITION = "recognition.manage"
    SEE_CRITICAL = "critical_values.see"
    MANAGE_CRITICAL = "critical_values.manage"
    SEE_DIAGNOSTICS = "diagnostics.see"
    ORDER_EXAMINATION = "diagnostics.order"
    PERFORM_EXAMINATION = "diagnostics.perform"
    REPORT_EXAMINATION = "diagnostics.report"
    DIRECT_CENTRE = "diagnostics.direct"
    SEE_REFERRALS = "referrals.see"
    WRITE_REFERRAL = "referrals.write"
    COORDINATE_REFERRALS = "referrals.coordinate"
    MANAGE_REFERRAL_CATALOGUE = "referrals.catalogue"
    SEE_FLOW = "referrals.flow"
    SIGN_CONTRACTS = "family_doctors.sign"
    SEE_ORGS = "orgs.see"
    MANAGE_ORGS = "orgs.manage"
    MANAGE_POSTS = "orgs.posts"
    MANAGE_TOKENS = "orgs.tokens"
    MANAGE_CATALOG = "catalog.manage"
    SETTLE_CODES = "terminology.settle"
    IMPORT = "exchange.import"
    SEE_MESSAGES = "exchange.messages"
    MANAGE_CONNECTIONS = "exchange.connections"
    RECONCILE_IMAGES = "imaging.reconcile"
    OPERATE = "operations.see"
    READ_AUDIT = "audit.read"
    ANSWER_DISPUTES = "requests.answer"
    SEE_OWN = "resident.own"


# Who may import some list; which one decides the list (exchange.access.ACTION_OF).
TO_IMPORT = (
    Action.IMPORT,
    Action.MANAGE_POSTS,
    Action.SIGN_CONTRACTS,
    Action.MANAGE_CAPACITY,
    Action.MANAGE_CATALOG,
    Action.SETTLE_CODES,
    Action.MANAGE_CRITICAL,
)

_SEES = {Action.SEE_ORGS, Action.SEE_REFERRALS, Action.SEE_CAPACITY}
_CARES = _SEES | {
    Action.SEARCH_RESIDENTS,
    Action.REGISTER_RESIDENT,
    Action.OPEN_RECORD,
    Action.BREAK_GLASS,
    Action.WRITE_RECORD,
    Action.BOOK,
    Action.SEE_CRITICAL,
    Action.WRITE_REFERRAL,
    Action.RECOGNISE,
    Action.ANSWER_DISPUTES,
    Action.SEE_DIAGNOSTICS,
    Action.ORDER_EXAMINATION,
    Action.PERFORM_EXAMINATION,
}
_OVERSEES = {Action.SEE_ORGS, Action.SEE_CAPACITY, Action.SEE_COMPLIANCE, Action.SEE_FLOW, Action.SEE_RECOGNITION}

MAY: dict[Role, frozenset[Action]] = {
    Role.VILLAGE_DOCTOR: frozenset(_CARES | {Action.SIGN_CONTRACTS}),
    Role.GENERAL_PRACTITIONER: frozenset(_CARES | {Action.SIGN_CONTRACTS}),
    Role.SPECIALIST: frozenset(_CARES),
    Role.NURSE: frozenset(
        _SEES
        | {
            Action.SEARCH_RESIDENTS,
            Action.OPEN_RECORD,
            Action.WRITE_RECORD,
            Action.SEE_DIAGNOSTICS,
            Action.PERFORM_EXAMINATION,
            Action.SEE_CRITICAL,
        }
    ),
    Role.REGISTRAR: frozenset(
        _SEES
        | {
            Action.SEARCH_RESIDENTS,
            Action.REGISTER_RESIDENT,
            Action.MATCH_RESIDENTS,
            Action.BOOK,
            Action.ANSWER_DISPUTES,
            Action.RECONCILE_IMAGES,
        }
    ),
    Role.TECHNICIAN: frozenset(
        {
            Action.SEE_CRITICAL,
            Action.SEE_ORGS,
            Action.SEE_CAPACITY,
            Action.RECONCILE_IMAGES,
            Action.OPEN_RECORD,
            Action.SEE_DIAGNOSTICS,
            Action.PERFORM_EXAMINATION,
        }
    ),
    Role.REPORTING_DOCTOR: frozenset(
        {
            Action.SEE_CRITICAL,
            Action.SEE_ORGS,
            Action.SEE_CAPACITY,
            Action.OPEN_RECORD,
            Action.SEE_DIAGNOSTICS,
            Action.REPORT_EXAMINATION,
        }
    ),
    Role.PHARMACIST: frozenset({Action.SEE_ORGS, Action.SETTLE_CODES}),
    Role.REFERRAL_COORDINATOR: frozenset(
        _SEES
        | _OVERSEES
        | {
            Action.SEARCH_RESIDENTS,
            Action.REGISTER_RESIDENT,
            Action.OPEN_RECORD,
            Action.BOOK,
            Action.SEE_CRITICAL,
            Action.COORDINATE_REFERRALS,
            Action.MANAGE_REFERRAL_CATALOGUE,
            Action.MANAGE_RECOGNITION,
            Action.SEE_MESSAGES,
            Action.SETTLE_CODES,
        }
    ),
    Role.RESOURCE_MANAGER: frozenset(
        {
            Action.SEE_ORGS,
            Action.SEE_CAPACITY,
            Action.MANAGE_CAPACITY,
            Action.SEE_COMPLIANCE,
            Action.SEE_RECOGNITION,
            Action.MANAGE_RECOGNITION,
        }
    ),
    Role.INSURANCE_OFFICER: frozenset(_OVERSEES | {Action.SETTLE_CODES}),
    Role.MANAGER: frozenset(
        _OVERSEES
        | {
            Action.SEE_DIAGNOSTICS,
            Action.DIRECT_CENTRE,
            Action.SEE_CRITICAL,
            Action.MANAGE_CRITICAL,
            Action.MANAGE_REFERRAL_CATALOGUE,
        }
    ),
    Role.HEALTH_COMMISSION: frozenset(_OVERSEES),
    Role.CDC_OFFICER: frozenset({Action.SEE_ORGS}),
    # Three separate administrators: none can do the work of another, and none reads a record.
    Role.SYSTEM_ADMIN: frozenset(
        {
            Action.SEE_ORGS,
            Action.MANAGE_ORGS,
            Action.MANAGE_CATALOG,
            Action.SETTLE_CODES,
            Action.IMPORT,
            Action.MANAGE_CONNECTIONS,
            Action.OPERATE,
        }
    ),
    Role.SECURITY_ADMIN: frozenset({Action.SEE_ORGS, Action.MANAGE_POSTS, Action.MANAGE_TOKENS}),
    Role.AUDIT_ADMIN: frozenset({Action.READ_AUDIT, Action.ANSWER_DISPUTES}),
    Role.RESIDENT: frozenset({Action.SEE_OWN}),
    Role.SYSTEM: frozenset(Action),
}

assert CLINICAL <= MAY.keys()


def may(role: str, action: Action) -> bool:
    """Whether posts of `role` include `action`."""
    return action in MAY[Role(role)]
