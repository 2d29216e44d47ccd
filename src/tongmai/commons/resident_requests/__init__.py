"""What residents ask of us from their own pages: to have an access explained, an entry corrected, a family member added.

Words: a *dispute* is what a resident says against an access to her record or against an entry in it; the *answerer* is
who answers for it: the audit administrator for an access, the entry's organisation for an entry; a *ward request* asks
a registrar to enter the resident as somebody's guardian.  Nothing is deleted: an entry under dispute stays, marked for
every reader (`residents.marks`), and is corrected by those who wrote it.
Start reading at states.py, then rules.py, services/, access.py.
"""
