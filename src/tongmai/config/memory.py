"""How a process that serves looks after its memory."""

import gc


def leave_what_is_loaded() -> None:
    """Let the search for circles pass by what is loaded by now.  Called once, when a process is ready to serve.

    A page or a message makes thousands of small objects that die with it, so looking for circles after each 700 finds
    nothing and takes a tenth of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
