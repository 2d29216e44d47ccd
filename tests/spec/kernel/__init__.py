"""What the whole product relies on: numbers of identity, names, money, months, and policy values."""
