"""Tables from other systems: a resident register, a staff list, contracts, a plan of sessions, prices, code tables.

`reading` (bytes → head and rows) → `columns` (which heading means which field; where it is not clear a person is asked) →
one module for each kind of list (a row → facts, or what is wrong with it; then its fate, by the services that the pages use).
`services/imports` walks through the rows in steps, `services/rows` recognises them.
Words: a *run* is one uploaded file; a row's *fate* is new, updated, same, held or rejected, with reason and remedy; a row is
recognised by its source system and its identity there, so the same file twice changes nothing.
Life of a run: (mapping →) checking → checked → applying → applied, or → abandoned.
"""
