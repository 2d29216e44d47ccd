"""The pages of capacity: board and sessions, the desk, resources and their weeks, compliance, bans."""
