"""What the catalogue states as law: the statutory infectious diseases, day by day, and the codes that mean them."""
