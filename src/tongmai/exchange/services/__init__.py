"""What is done with messages (`messages`, `answers`) and with registers (`imports`)."""
