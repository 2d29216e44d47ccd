"""Scarce things that residents are booked into: clinic sessions, beds by ward and day, examination sessions.

Words: a *resource* is what can be booked (a doctor's clinic, a ward, a scanner); a *pool* is one piece of its time with
a number of places; part of the places is *reserved* for residents whom their family doctor refers.  A *booking* takes
one place in a pool (a bed booking one in each consecutive bed-day).  A place is taken as one of four shares: reserved,
borrowed (a referral in the public part), public, released (the public in the reserved part, after its release).  A
*refusal* is a request that found no place; a *ban* keeps somebody who often stayed away from booking for a while.
Life of a booking: held → booked → arrived | no_show | cancelled; a hold that nobody confirms in time → expired.
Start reading at states.py, rules.py, then taking.py (the one conditional UPDATE) and services/booking.py.
"""
