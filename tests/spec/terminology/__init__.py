"""What the codes of the members' own systems mean in the unified sets."""
