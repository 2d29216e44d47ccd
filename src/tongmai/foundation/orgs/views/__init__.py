"""The pages of organisations, alliances, people and posts."""
