"""What happened with a person: visits, stays, what was found, thought and prescribed.

Words: an *encounter* is one contact (outpatient visit, stay, home visit, tele-visit); an *episode* joins the encounters
about one problem along a chain of referrals; a *note* has versions; an allergy or a diagnosis that proved wrong is
refuted or replaced and stays readable.
Life-cycle of an encounter: planned → in progress → finished, or cancelled with a reason.
Start reading at states.py, then rules.py, models/ and services/.
"""
