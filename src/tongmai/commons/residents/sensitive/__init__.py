"""What of a record needs a narrower reason than the record itself: HIV, mental illness and the like.

An entry's kinds are decided when it is written (`rules.kinds_of`, with the lists of policies/access.yaml) and stored in
its column `sensitivity`.  Who opens a record sees an entry of a kind when a *way* leads there: her organisation made the
entry, treats that illness, got a referral about it, or the resident agreed (`rules.opened`).  `view.py` computes that
once for an opened record; every selector of the record takes the view.  docs/algorithms/access.md says it in full.
"""
