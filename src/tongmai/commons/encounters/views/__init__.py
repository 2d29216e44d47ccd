"""Pages of the record: my open visits, one visit, and what is written in it."""
