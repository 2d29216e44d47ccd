"""`tongmai backup` and `tongmai restore`.

A backup is one file: a zip with the copy of the database (`database.sqlite3`, or `database.dump` in PostgreSQL's custom
format) and `manifest.json`, which says what is in it.  The last 64 characters of the file are the SHA-256 of all that
stands before them, so a changed byte anywhere is found.  `archive.py` is the file, `sqlite.py` and `postgres.py` copy
the two databases, `backing_up.py` and `restoring.py` are the commands; `images.py` copies the images, which stand in files of their own.
"""
