"""Studies, series and instances of images, kept whole as they came, and the archive that holds their files.

Words: a *study* is what one examination made, an *instance* is one file of it, a *series* is what was taken in one go.  A
*device* is a machine that may send, by its AE title.  A file that cannot be an instance of anybody's study (no DICOM, cut
off, the same number with other content) stands in *quarantine* (`Held`).  A study of which nobody is sure whose it is
waits (`resident` is null) until a person says so: nothing gets into a record by guess.  A file is never changed and
never encoded anew; its SHA-256 stands in the row and `tongmai check images` compares.  Who the person of an image is
finds out whoever receives it (`exchange.dicom`).  Start reading at models/, archive.py and services.py.
"""
