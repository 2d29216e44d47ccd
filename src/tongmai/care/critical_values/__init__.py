"""Critical values (危急值): what was found that endangers somebody now, and who was told, read it back and acted on it.

Words: a *limit* is the value beyond which a result is critical, for an item, an age and a sex, dated, of an organisation, an
alliance or ours; a *value* here is one critical value of one person; it is *notified* to the ordering doctor and the
ordering site, *acknowledged* by somebody who reads it back, *acted on*, *closed*; who does not answer, or reads it back and
then writes down no action in time, is overtaken by the *chain*, rung by rung, until somebody does.  A *drill* is the whole
of it without a patient, and in no figure.
Life of a value: raised → notified → acknowledged → acted → closed; false alarm with a reason; none is closed without
an acknowledgement, which the database holds.
Start reading at states.py, rules.py, hearing.py, services/.
"""
