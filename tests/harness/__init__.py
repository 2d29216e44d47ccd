"""What the tests stand on: environment, private PostgreSQL, threads, drawn tables, browser."""
