"""Pages of electrocardiograms: the paper, what comes in, and what nobody is sure of."""
