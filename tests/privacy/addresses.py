"""What the product reads from addresses: every name of a query, with what it means.

A name that finds a person is none of them: it is posted, and kept for the session (`ui.searching`).  A new name needs
a line here; ids are random (UUIDv7) for everything that is a person's, and consecutive only for the trail and the
editions of code lists, which name nobody.
"""

# name → what it says
READ = {
    # which page of a list, which search of this session, where to go after sign-in
    "page": "paging", "cursor": "paging", "limit": "paging", "search": "a name of kept words", "next": "an address of ours",
    # filters of closed lists
    "whose": "choice", "group": "choice", "village": "division code", "tag": "choice", "show": "choice", "box": "choice",
    "direction": "choice", "urgency": "choice", "state": "choice", "slot": "flag", "kind": "choice", "level": "choice",
    "guidance": "choice", "role": "choice", "inactive": "flag", "closed": "flag", "name": "kind of event", "basis": "choice",
    "fate": "choice", "all": "flag", "gone": "flag", "wants": "choice", "category": "choice", "mine": "flag", "only_slot_issue": "flag",
    "code_set": "choice", "set": "choice", "system": "choice", "standing": "choice", "source": "where lists come from",
    "open_only": "flag", "in_force_only": "flag", "with_closed": "flag",
    "with_inactive": "flag", "for_family_doctor": "flag",
    "what": "choice", "period": "choice", "value": "an opaque name of a course", "application": "a system's name", "facility": "a system's name",
    "under": "division code", "department": "department code", "department_code": "department code", "because": "choice", "sort": "choice",
    # days and numbers of days
    "on": "day", "since": "day", "until": "day", "before": "day", "from_day": "day", "starts_on": "day", "ends_before": "day",
    "days": "number", "weeks": "number", "nights": "number", "day": "day", "month": "month", "week": "week",
    "first": "day", "last": "day",
    # how a recording and an image are shown; the signed leave to show the images of one opened study
    "layout": "choice", "speed": "choice", "gain": "choice", "lead": "choice", "compare": "flag", "from": "number",
    "frame": "number", "image": "id", "with": "id", "window": "numbers", "viewport": "numbers",
    "quality": "number", "pass": "signature", "order": "order number", "number": "order number", "version": "number", "site": "id",
    # what of the figures of recognition is told apart; which line of them, and which decisions behind it
    "apart": "choice", "choice": "choice", "reason": "choice", "key": "line of figures",
    # random ids
    "resident": "id", "site_id": "id", "encounter": "id", "alliance": "id", "entry": "id", "org": "id", "org_id": "id", "alliance_id": "id",
    "parent_id": "id", "resident_id": "id", "about": "id", "by_user_id": "id", "receiver": "id", "receiver_id": "id", "up": "id",
    # a code of the catalogue, chosen without saying for whom
    "diagnosis_code": "code", "item": "code", "item_code": "code", "template": "id",
}  # fmt: skip

# Words typed to find what is no person; each at these addresses only.
WORDS = {
    "q": {
        "/api/v1/diagnoses/", "/api/v1/examination-items/", "/api/v1/divisions/", "/api/v1/departments/", "/api/v1/orgs/",
        "/api/v1/referral-catalogues/{alliance_id}", "catalog:edition",
        "/api/v1/local-codes/", "terminology:list", "terminology:sheet", "terminology:pick", "terminology:shares",
        "catalog:pick-diagnosis", "catalog:pick-division", "catalog:pick-department", "catalog:pick-examination",
        "catalog:prices", "diagnostics:new", "orgs:list", "orgs:pick", "orgs:export",
        "referrals:catalogue", "referrals:catalogue-export",
    },
}  # fmt: skip

# Words that find a person: read from what was kept, at an address that has them they find nothing.
KEPT = {"q", "who"}
