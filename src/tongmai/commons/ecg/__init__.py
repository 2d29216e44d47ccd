"""Electrocardiograms: the recording as it came, its samples, its drawing and its measurements."""
