"""What happened, by whom, and that nobody changed it afterwards.

Words: an *event* is one thing that happened, appended in the transaction that did it; a *delivery* is one event on its
way to one subscriber (the outbox); the *access log* says who opened whose record and why; a *seal* is a link of the
hash chain over older rows; a *retirement* says that the rows of a seal were removed when their time was over; an
*answer* is what an API write was told, kept for a repeated request; a *job* runs again and again in the worker.
Life of a delivery: pending → done, or pending → … → parked, visible until someone clears it.
Start reading at services.py, then worker.py, then seals.py.
"""
