"""What becomes of a message or a register that comes from another system."""
