"""From the order of an examination to its report: who performs, who reports, who verifies, by when."""
