"""Electrocardiograms: the recording as it came, its curves, its drawing and its measurements.

Words: a *recording* is one file of a device, kept whole; a *tracing* is what was read of it; what the *device* measured and
said stands apart from what we measure; a *pattern* is a measurement that wants somebody at once.  All that a computer
measured is a suggestion until a doctor has seen the curve.  A recording whose file names somebody else is *held* until a
person decides.  Start reading at reading/, measuring/, rules.py and services.py.
"""
