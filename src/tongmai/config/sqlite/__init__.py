"""SQLite with one process-wide lock around write transactions (see base.py)."""
