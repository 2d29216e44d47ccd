"""What the codes of the members' own systems mean in the four unified code sets: diagnoses, medicines, consumables, charges.

A *local code* is one code of one member as its system writes it; it is noted when it comes with a message or a table, and
never dropped.  A person *maps* it to a unified code (equivalent, wider or narrower, as FHIR's ConceptMap has it) or decides
that it has no counterpart; the same code with the same name is understood without her.  What a local code means is asked
when it is read, never written into the record: a mapping made later shows everywhere at once, and a new edition of a set
counts from its first day.

Start at `rules.py` (what a code's standing is), then `noting.py`, `selectors.py` and `services/mapping.py`.
"""
