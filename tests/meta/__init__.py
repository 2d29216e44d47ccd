"""The conventions, held by tests.  A failure here says which convention and what to do; `tables.py` holds exceptions."""
