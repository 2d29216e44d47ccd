"""Who works where, in which post, and which organisations belong together.

Words: an *organisation* is a facility or an authority; an *alliance* (医联体) joins organisations under a lead; a *post*
is a person × organisation × role and decides what its holder may do; an *agreement* lets a doctor practise elsewhere.
An *actor* is a user in one post at one instant.
Start reading at roles.py, permissions.py, actors.py, then rules.py, access.py and services/; the tables are in models.py.
"""
