"""How a process that serves looks after its memory."""

import gc


def leave_what_is_loaded() -> None:
    """Let the search for circles pass by what is loaded by now.  Called once, when a process is ready to serve.

    A page or a message makes thousands of small objects that die with it, so looking for circles after each 700 finds
    nothing and takes a tenth of the time.
    """
    gc.collect()
    gc.freeze()
    look_seldom()


def look_seldom() -> None:
    """Look for circles after each 20,000 objects.  While a command loads, it would look in vain for a fifth of the time."""
    gc.set_threshold(20_000, 20, 20)
