"""Findings that want somebody at once: told, read back, acted on, escalated; none is closed unheard."""
