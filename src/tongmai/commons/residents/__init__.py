"""Who lives here: one row per person, what identifies her, where she lives, and who looks after her.

Words: an *identifier* is a number that an authority gave the person; a *medium* is a card or code handed out to her; a
*tag* is a group she belongs to (pregnant, disabled, hypertension); a *basis* is the reason for which somebody may open
her record; *known to* means that an organisation may find her although she lives elsewhere.
The address of a person is the village's division code.  Identity is amended, never overwritten.
Start reading at models/, access.py and bases.py, then services/, then selectors.py.
"""
