"""Which door each address has: the action without which every role is refused.  A new address needs a line here.

An address of the API whose methods differ has its reading here; what its other methods need is in _WRITES.
One of several joined by | is enough.  PUBLIC: for visitors.  SIGNED_IN: for everybody with a post; what is shown there is her own, or no secret.
"""

from tongmai.foundation.orgs.permissions import Action

PUBLIC, SIGNED_IN = "public", "signed in"
# Each kind of list has the action of the page where its rows are written one by one.
_BRINGS_A_LIST = (
    Action.IMPORT, Action.MANAGE_POSTS, Action.SIGN_CONTRACTS, Action.MANAGE_CAPACITY, Action.MANAGE_CATALOG,
    Action.SETTLE_CODES, Action.MANAGE_CRITICAL,
)  # fmt: skip

_DOORS: dict[str, str] = {
    PUBLIC: """
        api:openapi-json portal:about portal:language portal:second-factor portal:sign-in portal:sign-in-code
        portal:sign-in-code-enter ui:gallery healthz readyz metrics
    """,
    SIGNED_IN: """
        api:api-root api:change_password api:children api:code_lists api:diagnoses api:diagnosis api:division
        api:divisions api:examination_items api:facility_classes api:notifiable_diseases api:resource_kinds
        catalog:edition catalog:lists catalog:prices catalog:pick-department catalog:pick-diagnosis catalog:pick-division catalog:pick-examination
        orgs:authenticator orgs:device-end orgs:devices-end orgs:factor-remove orgs:passkey orgs:recovery-codes
        orgs:security orgs:stay
        saved_views:save saved_views:remove
        orgs:password portal:counts portal:help portal:home portal:me portal:post portal:sign-out
        api:departments api:emergencies api:review_emergency residents:emergencies residents:emergency residents:finding
        residents:move-finding api:reading_finding api:move_reading_finding referrals:verify diagnostics:verify
    """,
    Action.SEE_ORGS: """
        api:agreement api:agreements api:alliance api:alliances api:catchments api:departments_of api:lower api:members
        api:memberships api:org api:orgs api:person api:posts api:posts_at api:search_staff api:staff api:upper
        orgs:agreement orgs:agreements orgs:agreements-export orgs:alliance orgs:alliance-export orgs:alliances
        orgs:detail orgs:export orgs:list orgs:person orgs:pick orgs:staff orgs:staff-export
    """,
    Action.MANAGE_ORGS: """
        api:change_department api:change_lead api:close_org api:end_agreement api:end_alliance api:end_catchment
        api:leave api:reopen_org
        orgs:agreement-end orgs:agreement-new orgs:alliance-edit orgs:alliance-end orgs:alliance-new orgs:catchment-end
        orgs:catchment-new orgs:change-lead orgs:close orgs:department-edit orgs:department-new orgs:edit orgs:join
        orgs:leave orgs:new orgs:reopen
    """,
    Action.MANAGE_POSTS: """
        api:account api:deactivate_account api:deactivate_staff api:end_post api:reactivate_account
        api:reactivate_staff api:reset_password
        orgs:account-deactivate orgs:account-factors orgs:account-unlock orgs:account-new orgs:account-reactivate orgs:account-reset orgs:post-end orgs:post-new
        orgs:staff-deactivate orgs:staff-edit orgs:staff-new orgs:staff-reactivate
    """,
    Action.MANAGE_TOKENS: "api:revoke_token api:tokens orgs:token-new orgs:token-revoke orgs:tokens",
    Action.OPERATE: "api:deliveries api:operations api:retry api:seals audit:operations audit:retry",
    Action.READ_AUDIT: """
        api:accesses api:event api:events residents:findings residents:export-findings residents:search-reading api:reading_findings
        audit:accesses audit:event audit:events audit:export-accesses
        audit:export-events
    """,
    Action.SEARCH_RESIDENTS: "api:lookup api:search portal:search residents:export residents:list",
    Action.REGISTER_RESIDENT: """
        api:add_guardian api:add_identifier api:add_phone api:check_phone api:close_identifier api:close_phone api:end_guardian
        api:identity api:introduce api:issue_medium api:mark_deceased api:move_medium api:revoke_death api:set_coverage
        api:register api:register_patient exchange:register residents:add residents:alike residents:amend residents:close-identifier
        residents:close-phone residents:check-phone residents:end-guardian residents:identity residents:introduce residents:new
        residents:account residents:move-medium residents:revoke-death residents:consents residents:share
        residents:agree-to-use residents:consent-sheet residents:withdraw-sharing residents:withdraw-use
    """,
    Action.MATCH_RESIDENTS: """
        api:identity_review api:identity_reviews api:later_rows api:merge api:merges_of api:postpone_identity_review
        api:settle_identity_review api:undo_merge residents:merge-undo residents:merges residents:review residents:reviews
        resident_requests:ward-request api:accept_ward api:refuse_ward
    """,
    f"{Action.MATCH_RESIDENTS}|{Action.SEE_OWN}": "api:ward_requests api:ward_request",
    f"{Action.ANSWER_DISPUTES}|{Action.SEE_OWN}": "api:dispute",
    f"{Action.OPEN_RECORD}|{Action.REGISTER_RESIDENT}|{Action.SEE_OWN}": "portal:resident",
    f"{Action.OPEN_RECORD}|{Action.SEE_OWN}": """
        api:detail api:opened api:record api:search_timeline api:timeline encounters:detail
        portal:resident-summary portal:resident-values results:report results:document results:document-body
        results:document-file
    """,
    Action.PERFORM_EXAMINATION: """
        ecg:held ecg:keep ecg:pick-person ecg:set-aside ecg:settle ecg:unlink ecg:upload
    """,
    Action.OPEN_RECORD: """
        ecg:recording ecg:recording-file
        imaging:document imaging:frame imaging:key-image imaging:studies imaging:study imaging:thumbnail
        dicomweb:all-instances dicomweb:all-series dicomweb:bulkdata dicomweb:frames dicomweb:instance dicomweb:instance-metadata
        dicomweb:instances-of-series dicomweb:instances-of-study dicomweb:rendered dicomweb:rendered-frame dicomweb:series
        dicomweb:series-metadata dicomweb:series-of-study dicomweb:studies dicomweb:study dicomweb:study-metadata
    """,
    f"{Action.REGISTER_RESIDENT}|{Action.SEE_OWN}": "api:decisions api:choose_sharing api:withdraw_sharing api:agree_to_use api:withdraw_use",
    Action.BREAK_GLASS: "api:break_glass portal:break-glass",
    Action.WRITE_RECORD: """
        api:add_allergy api:add_tag api:admit api:amend_note api:cancel api:discharge api:end_tag api:finish
        api:open_visits api:plan_visit api:record_diagnoses api:record_medication api:record_vitals api:refute_allergy
        api:reopen_encounter api:start api:start_visit api:stop_medication api:withdraw_vitals api:write_note
        encounters:allergy encounters:amend-note encounters:begin encounters:cancel encounters:diagnoses
        encounters:discharge encounters:finish encounters:list encounters:medication encounters:note
        encounters:refute-allergy encounters:reopen encounters:start encounters:stop-medication encounters:vitals
        encounters:withdraw-vitals residents:end-tag residents:groups
    """,
    Action.SEE_CAPACITY: """
        api:drop_refusal api:free_places api:free_stays api:move_booking api:take_booking_step api:refusals api:session api:visitors
        capacity:board capacity:booking capacity:drop-refusal capacity:move capacity:refusals
        capacity:session capacity:session-sheet capacity:step
    """,
    Action.MANAGE_CAPACITY: """
        api:change_total api:close_session api:drop_weekly api:publish api:publish_weeks api:reopen_session api:resource api:resources
        api:set_weekly
        capacity:add-weekly capacity:change-total capacity:close capacity:create-resource capacity:drop-weekly
        capacity:publish capacity:publish-weeks capacity:reopen capacity:resource
        capacity:resources
    """,
    Action.SEE_COMPLIANCE: """
        api:compliance capacity:compliance capacity:compliance-sheet capacity:compliance-week
    """,
    Action.RECOGNISE: """
        api:ask_for_recognition api:recognition_check api:decide_recognition api:undo_recognition
        recognition:ask recognition:offers recognition:check recognition:report recognition:recognise recognition:undo
    """,
    Action.SEE_RECOGNITION: """
        api:recognition_figures api:recognition_marks recognition:figures recognition:figures-sheet recognition:history recognition:marks
        recognition:marks-sheet recognition:rows recognition:rows-sheet
    """,
    Action.MANAGE_RECOGNITION: "recognition:enter recognition:import recognition:template",
    f"{Action.SEE_RECOGNITION}|{Action.RECOGNISE}": "api:recognised_items recognition:items",
    Action.BOOK: "capacity:desk capacity:pick-person",
    Action.SEE_CRITICAL: """
        api:critical_figures api:critical_limits api:critical_value api:critical_values api:take_critical_step
        critical_values:acknowledge critical_values:act critical_values:chain critical_values:close
        critical_values:dismiss critical_values:export critical_values:figures critical_values:limits
        critical_values:limits-export critical_values:list critical_values:one critical_values:phone
        critical_values:refer critical_values:reject critical_values:release
    """,
    Action.MANAGE_CRITICAL: """
        critical_values:drill critical_values:end-limit critical_values:end-rung critical_values:set-limit
        critical_values:set-rung
    """,
    Action.SEE_DIAGNOSTICS: """
        api:examination api:examinations api:take_examination_step
        diagnostics:arrivals diagnostics:detail diagnostics:find diagnostics:list diagnostics:pdf diagnostics:slip
        diagnostics:step
    """,
    Action.ORDER_EXAMINATION: "diagnostics:new diagnostics:seen",
    Action.REPORT_EXAMINATION: """
        api:claim_next_examination api:write_examination_draft
        diagnostics:arrivals-seen diagnostics:claim-next diagnostics:draft diagnostics:mark diagnostics:reject
        diagnostics:report
    """,
    Action.DIRECT_CENTRE: """
        api:assign_examination api:examination_readers
        diagnostics:agreement-end diagnostics:assign diagnostics:board diagnostics:centre diagnostics:duty-remove
        diagnostics:figures diagnostics:figures-sheet
    """,
    Action.SEE_REFERRALS: """
        api:advice api:noted api:record_follow_up api:referral api:referrals api:search_referrals
        api:take_referral_step
        referrals:book referrals:consent referrals:detail referrals:down referrals:down-from-encounter referrals:edit referrals:export
        referrals:follow-up referrals:list referrals:note-decline referrals:paperwork referrals:plan referrals:plan-pdf
        referrals:redirect referrals:slip referrals:step referrals:waiting
    """,
    Action.WRITE_REFERRAL: "api:emergency referrals:advice referrals:emergency ecg:refer referrals:new referrals:pick-resident",
    f"{Action.WRITE_REFERRAL}|{Action.COORDINATE_REFERRALS}": "api:change_plan api:write_down",
    f"{Action.SEE_REFERRALS}|{Action.MANAGE_REFERRAL_CATALOGUE}": "api:catalogue referrals:catalogue referrals:catalogue-export",
    Action.COORDINATE_REFERRALS: "api:late",
    Action.MANAGE_REFERRAL_CATALOGUE: """
        api:end_line api:set_line
        referrals:catalogue-end referrals:catalogue-import referrals:catalogue-line referrals:catalogue-starter
    """,
    Action.SEE_MESSAGES: """
        api:all_meanings api:all_messages api:correct_message api:forget_meaning api:held_reasons api:message
        api:put_message_text api:reject_message api:try_all_messages api:take_in_file api:try_message_again
        exchange:again exchange:correct exchange:forget exchange:meanings exchange:message exchange:pick-resident exchange:raw exchange:receive
        exchange:reject exchange:put-text exchange:try-all
    """,
    Action.RECONCILE_IMAGES: """
        exchange:image exchange:image-link exchange:image-reject exchange:image-restore exchange:image-unlink
        exchange:images exchange:held-again exchange:held-dismiss
    """,
    f"{Action.MANAGE_CONNECTIONS}|{Action.RECONCILE_IMAGES}": "exchange:devices exchange:quarantine",
    Action.SETTLE_CODES: """
        api:code_shares api:local_code api:local_codes api:map_local_code
        terminology:code terminology:decide terminology:list terminology:pick terminology:shares terminology:sheet
        terminology:take-back
    """,
    # Either of two actions opens these; which of them it was decides what is seen behind the door.
    f"{Action.SEE_OWN}|{Action.READ_AUDIT}": "api:accesses_of",
    f"{Action.SEE_CAPACITY}|{Action.SEE_OWN}": "api:booking api:bookings",
    f"{Action.BOOK}|{Action.MANAGE_CAPACITY}": "api:bans api:lift_ban capacity:bans capacity:lift-ban",
    f"{Action.IMPORT}|{Action.MANAGE_POSTS}|{Action.SEE_MESSAGES}": "exchange:messages",
    "|".join(_BRINGS_A_LIST): """
        api:abandon_import api:confirm_import api:go_on api:import_rows api:one_import api:start_import
        api:kept_columns api:import_columns exchange:abandon exchange:confirm exchange:go-on exchange:import exchange:import-new exchange:imports
        exchange:refused exchange:template exchange:columns exchange:kept-columns exchange:change-columns
        exchange:forget-columns
    """,
    Action.MANAGE_CONNECTIONS: """
        api:resume_connection api:stop_connection exchange:connection-new exchange:connection-change exchange:device exchange:device-new
    """,
    f"{Action.SEE_MESSAGES}|{Action.MANAGE_CONNECTIONS}": """
        api:board api:connection api:data_quality api:data_quality_of exchange:connections exchange:connection
        exchange:quality exchange:quality-export exchange:quality-of
    """,
    Action.ANSWER_DISPUTES: "resident_requests:dispute api:disputes_waiting api:settle_dispute",
    Action.SEE_OWN: """
        api:disputes_of api:dispute_access api:dispute_entry api:dispute_identity api:reopen_dispute api:withdraw_dispute
        api:withdraw_ward
        portal:own portal:own-accesses portal:own-accesses-of portal:own-cancel-booking portal:own-dispute
        portal:own-dispute-access portal:own-dispute-entry portal:own-dispute-identity portal:own-disputes
        portal:own-agree-to-use portal:own-consents portal:own-share portal:own-withdraw-sharing portal:own-withdraw-use
        portal:own-family portal:own-family-withdraw portal:own-of portal:own-record portal:own-report portal:own-type
    """,
    Action.SIGN_CONTRACTS: """
        api:add_member api:amend_contract api:contract api:contracts api:discard api:end_member api:renew api:search_contracts api:sign api:teams api:terminate
        family_doctors:add-member family_doctors:agreement family_doctors:amend family_doctors:contract family_doctors:discard
        family_doctors:end-member family_doctors:export family_doctors:list family_doctors:new family_doctors:renew
        family_doctors:sign family_doctors:teams family_doctors:terminate
    """,
    Action.SEE_FLOW: "api:flow portal:flow",
}

_WRITES: dict[str, str] = {
    f"{Action.RECONCILE_IMAGES}|{Action.REPORT_EXAMINATION}": "dicomweb:studies dicomweb:study",
    Action.MANAGE_ORGS: """
        api:agreements api:alliance api:alliances api:catchments api:departments_of api:members api:org api:orgs
    """,
    Action.MANAGE_POSTS: "api:account api:person api:posts api:staff",
    Action.REGISTER_RESIDENT: "api:opened",
    Action.SEE_OWN: "api:ward_requests",
    Action.MANAGE_CONNECTIONS: "api:board api:connection",
    Action.BOOK: "api:bookings",
    Action.MANAGE_CRITICAL: "api:critical_limits",
    Action.MANAGE_RECOGNITION: "api:recognition_marks",
    Action.WRITE_REFERRAL: "api:referral api:referrals",
    Action.ORDER_EXAMINATION: "api:examinations",
}


def _by_name(table: dict[str, str]) -> dict[str, frozenset[str]]:
    return {name: frozenset(door.split("|")) for door, names in table.items() for name in names.split()}


DOORS = _by_name(_DOORS)
WRITES = _by_name(_WRITES)


def door(key: str, method: str) -> frozenset[str]:
    """Return the actions of which one is needed to send `method` to the address of that key."""
    return WRITES.get(key, DOORS[key]) if method != "get" else DOORS[key]


# Strangers of another county are not refused here, although the address names something: it is nobody's secret.
FOR_EVERY_COUNTY = {
    "api:diagnosis", "api:division", "api:children", "catalog:edition", "exchange:template",
}  # fmt: skip

# A member of the alliance that has nothing to do with an object gets beyond its address, where its role has the action.
FOR_THE_ALLIANCE = {
    # The directory, agreements, catchments and the referral catalogue are shared in the alliance.
    *"""
        api:agreement api:alliance api:catalogue api:catchments api:departments_of api:lower api:members
        api:memberships api:org api:person api:posts api:posts_at api:upper orgs:agreement orgs:alliance
        orgs:alliance-export orgs:detail orgs:person referrals:catalogue-export referrals:catalogue-import
        referrals:catalogue-line
    """.split(),
    # Sessions are shown so that the alliance can book; their visitors only to those who may name them.
    *"""
        api:session api:visitors capacity:change-total capacity:close capacity:compliance-week capacity:lift-ban
        capacity:session capacity:session-sheet
    """.split(),
    # Who is about to order says so, and asks what of that item exists already; until then the page shows nothing.
    *"recognition:ask recognition:check".split(),
    # The three administrators, and who imports or judges emergencies, reach the whole county.
    *"""
        api:data_quality_of exchange:quality-of exchange:quality-export
        api:local_code api:map_local_code terminology:code terminology:decide terminology:take-back
        api:abandon_import api:accesses_of api:account api:confirm_import api:connection api:deactivate_account api:event
        api:go_on api:import_columns api:import_rows api:one_import api:reactivate_account api:reactivate_staff api:reopen_org
        api:reset_password api:resume_connection api:revoke_token api:stop_connection audit:event exchange:abandon exchange:confirm exchange:go-on
        exchange:import exchange:columns exchange:refused exchange:connection exchange:connection-change exchange:device orgs:account-deactivate
        orgs:account-factors orgs:account-new
        orgs:account-reactivate orgs:account-reset orgs:account-unlock orgs:agreement-end orgs:alliance-edit
        orgs:alliance-end orgs:catchment-new orgs:change-lead orgs:close orgs:department-edit
        orgs:department-new orgs:edit orgs:join orgs:leave orgs:post-end orgs:post-new orgs:reopen orgs:staff-deactivate
        orgs:staff-edit orgs:staff-reactivate orgs:token-revoke residents:emergency residents:finding residents:move-finding
        api:reading_finding api:move_reading_finding
    """.split(),
    # A resident of the county is registered, treated or signed at any of its facilities: by identity, not by her record.
    *"""
        api:admit api:check_phone api:close_phone api:end_guardian api:identity api:start_visit encounters:start
        api:identity_review api:later_rows api:merge api:merges_of api:postpone_identity_review api:settle_identity_review api:undo_merge
        residents:merge-undo residents:merges residents:review
        resident_requests:ward-request api:ward_request api:accept_ward api:refuse_ward family_doctors:new portal:break-glass portal:resident residents:account
        residents:add residents:amend
        residents:check-phone residents:close-identifier residents:close-phone residents:end-guardian
        residents:identity residents:revoke-death
        residents:consents residents:share residents:agree-to-use residents:consent-sheet residents:withdraw-sharing
        residents:withdraw-use api:decisions api:choose_sharing api:withdraw_sharing api:agree_to_use api:withdraw_use
    """.split(),
}
