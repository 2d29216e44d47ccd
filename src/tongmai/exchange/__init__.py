"""Mappings at the edge: files and messages in and out.  No rules live here."""
