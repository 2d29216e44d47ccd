"""Shared documents (HL7 CDA R2) as they come in: bytes to facts, pure.

Words: a *document* has an `id` of its own; its versions share a *set* and count on; a later one *replaces* an earlier one, or
*supplements* another.  Its *header* says whose it is, who wrote it and about which visit; its *body* is sections with a
*narrative* for people, or a file of another kind.  Structured entries are kept with the original and not interpreted.
Start reading at document.py; reading.py turns bytes into a tree, narrative.py turns text for people into our own HTML.
"""
