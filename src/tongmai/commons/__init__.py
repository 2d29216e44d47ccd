"""What all members share: residents, encounters, capacity."""
