"""Texts to people's phones, and the one-time codes that travel in them.

Words: a *text* is one message on its way to one phone; the *gateway* is whoever carries it; a *code* lets its holder
prove once, within minutes, that the phone is in her hand.
A text is written in the transaction of what it is about and sent by the worker after the commit.  It holds a masked name and a
code, nothing else of a person; until it is sent phone and code lie encrypted, afterwards they lie nowhere.
Whether anybody is reached under a number is told to nobody: for one that reaches nobody a code is made and a text
written all the same, which goes nowhere.
Start reading at rules.py, services.py, then sending.py and senders.py.
"""
