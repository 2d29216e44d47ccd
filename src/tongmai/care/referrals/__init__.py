"""Referrals: a resident goes up to those who can help, and comes back down with a plan.

Words: the *sender* asks, the *receiver* answers, the *reviewer* is the township that looks at what its villages send
higher, the *coordinator* sits at the lead hospital of the alliance and sees what waits too long.
Up: draft → (reviewing →) submitted → accepted → booked → arrived → treated → closed, with declined, returned, no-show,
withdrawn beside the way; an emergency acts first and completes its paper later.
Down: draft → submitted → accepted → received → following → closed, begun by the upper hospital, with a plan.
An accepted referral for which no place is free is not lost: it has an open *slot issue*.
Start reading at states.py, rules.py, models.py, then access.py and services/.
"""
