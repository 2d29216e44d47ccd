"""Reading of records that somebody should look into: found from the access log every night, explained by the reader.

A finding is a question and no verdict: it says what was counted and against what.  The audit administrator asks the
reader, accepts her explanation or takes the matter further; she sees masked names and no word of any record.
`rules.py` says what is unusual, `finding.py` reads the log of a day, `states.py` is the life of a finding.
"""
