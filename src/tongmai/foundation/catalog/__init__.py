"""The vocabulary of the county: diagnoses, divisions, facility classes, departments, bookable resources.

A *code list* is one edition of one coding system (e.g. ICD-10 in the insurance edition 2.0) with the span in which it
is in force; its *codes* never change meaning, a new edition is a new list.  A *division* is an administrative area from
province down to village; a rename or a split closes a row and opens another.  *Notifiable diseases* are the statutory
list by validity, with the ICD-10 prefixes that mean them.

Nothing here has a life-cycle: lists are loaded (`services.load_starter`) or imported (`importing`, by `tongmai catalog
import`) and read.  Start reading at `models.py`, then `search.py` (how a typed word finds a row) and `selectors.py`.
"""
