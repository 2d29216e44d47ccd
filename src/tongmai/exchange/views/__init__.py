"""Pages of messages and of imports."""
