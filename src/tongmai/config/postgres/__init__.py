"""PostgreSQL with prepared statements everywhere but in migrations (see base.py)."""
