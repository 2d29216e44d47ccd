"""The pages of critical values."""
