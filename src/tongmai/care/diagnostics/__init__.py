"""From the order of an examination to its report: who performs, who reports, who verifies, by when.

One thread for every centre of the county, imaging, ECG, and whatever follows: ordered by a doctor, performed at a site,
sent to the centre that reports for that site (a dated agreement), checked, claimed by one reader, written, verified by a
second person where policy wants one, published into the record, amended with a trace.  The order number is the
accession number: everybody else refers to an order by it.

Read `states.py` (the thread as a table), `rules.py` (clocks, who may report, which centre), `services/` in the order of
the thread.  `for_devices.py` is what exchange and commons may ask.
"""
