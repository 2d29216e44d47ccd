"""What others examined and wrote: orders, reports with their values, documents.

Words: a *request* is an examination or medicine that somebody ordered; a *report* is the answer, with its *observations*; a
*document* is a text or file that a system brought.  A report that is corrected keeps its earlier versions, a document that
is replaced keeps its predecessor.  Shaped for FHIR: ServiceRequest, DiagnosticReport with Observation, DocumentReference.
Whose system it was and whether it is the newest is decided by who stores (`exchange`); here nothing is looked up by
another system's numbers.  Start reading at models/ and services.py.
"""
