"""The network side of images (DIMSE): devices send, ask for their worklist, and tell what they performed.

`listening.py` is the server and who may connect, `receiving_worker.py` reads what they send (`store_messages.py`: C-STORE
as bytes), `storing_worker.py` takes images in, `resolving.py` finds out whose they are (`comparing.py` is the rule),
`worklist.py` answers a device what is to be done, `performing.py` hears MPPS, `committing_worker.py` answers storage
commitment.  `tongmai serve-dicom` runs it all in one program.
"""
