"""How places are shared between family doctors' referrals and the public, and what becomes of a booking.

The shares, hours and counts in the examples are arguments of the rules; the values in force, with their sources, are in
policies/capacity.yaml.
"""
