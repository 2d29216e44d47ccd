"""Family doctors: the teams that look after residents, and the contracts that say so.

Words: a *team* belongs to an organisation and has a leader and members, each for a span; a *contract* (签约) binds one
resident to one team for a span and rests on a consent that names content, rights and risks.
Life of a contract: draft → active → ended | terminated; a draft that leads nowhere is discarded.
That a referral comes "from the resident's family doctor" is a fact that follows from the contract of that day.
Start reading at states.py, rules.py, services.py.
"""
