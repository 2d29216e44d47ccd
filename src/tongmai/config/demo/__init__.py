"""The demonstration: any county, from a small description file, with invented people and six weeks of activity.

Everything is made through the services that people use, by actors who stand at the instant in question; so what the
demonstration shows is what the product does.  Every person's name ends in the mark of the demonstration, and every
citizen number lies in the area 340199, which is nobody's.
Start reading at building.py.
"""
