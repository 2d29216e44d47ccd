"""Pixels of DICOM images: decoded to stored values, described for whoever shows them, packed for the browser, drawn small.

`reading` opens a file's head, `describing` says what its numbers mean (rescale, windows, spacing), `decoding` gives one
frame, `packing` makes the body that the viewer's script unpacks, `drawing` makes JPEG and PNG, `previews` keeps the small
ones.  All of it works on paths and arrays: no table, no request.
"""
