"""Tongmai (通脉): the open platform a county medical community runs on."""
