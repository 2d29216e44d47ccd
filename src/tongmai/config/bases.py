"""Why may this actor open this person's record?  Each app that knows a reason offers it here."""
