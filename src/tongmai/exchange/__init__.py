"""Mappings at the edge: files and messages in and out.  No rules of care live here.

Words: a *message* is kept as it came and becomes a referral, or is *held* with the reason until a person settles it; an
*import* tells every row's fate before it writes anything.  Both recognise what they have seen: the same thing twice
changes nothing.
Life of a message and of an import: `states.py`.
Start reading at hl7v2/__init__.py and tabular/__init__.py.
"""
