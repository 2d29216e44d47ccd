"""Whether two registrations are one person: without Django, without a database.

`facts` brings what a system says of a person into normal form, `keys` says under which keys she is looked up, and
`settings.json` is the one definition of what agreement is worth: Splink estimates it and runs whole registers by it
(`batch`), `scoring` compiles the same conditions to a Python function for one person at a time.  `rules` decides what
follows from a weight.  Start reading at facts.py, then settings.py, then rules.py.
"""
