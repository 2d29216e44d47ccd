"""Images over HTTP (DICOMweb, PS3.18): searched (QIDO-RS), read (WADO-RS), brought (STOW-RS), under /dicom-web/.

`asking.py` reads what is asked for, `searching.py` finds it in our own tables, `describing.py` writes it as DICOM JSON,
`reading.py` takes instances and frames out of the archive in the encoding that the caller takes, `bulk.py` the long values
of which the JSON has only the address, `framing.py` makes answers of what is read, `leave.py` gives frames for seconds without
asking again, `multipart.py` packs and unpacks, `storing.py` takes in what is brought, the very way that C-STORE goes.
"""
