"""HL7 v2 at the edge: referrals come in as REF^I12, answers go out as RRI^I12.

Bytes → `reading` (text, line ends, tokens) → `referral_in` (what the message says) → `resolving` (whom and where it
means here) → `receiving` (the referral, or why it is held).  `replying` writes the answers; `escaping` and `faults` serve all.
A message is kept as it came, whatever becomes of it.
Life of an inbound message: received → done, or received → held → done | rejected (a person resolves it), or → rejected.
"""
