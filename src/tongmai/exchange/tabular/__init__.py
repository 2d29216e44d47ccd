"""Tables from other systems: a resident register, a staff list.

`reading` (bytes → head and rows) → `columns` (which heading means which field) → `residents` / `staff` (a row → facts, or
what is wrong with it) → `importing` (each row's fate: first told, then done).
Words: a *run* is one uploaded file; a row's *fate* is new, updated, same, held or rejected, with reason and remedy; a row is
recognised by its source system and its identity there, so the same file twice changes nothing.
Life of a run: checking → checked → applying → applied, or → abandoned.
"""
