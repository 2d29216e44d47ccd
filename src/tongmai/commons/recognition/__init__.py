"""Mutual recognition (检查检验结果互认): what was examined elsewhere and counts here, and what the doctor decides about it.

Words: an *item* is one line of the list of what is recognised, with everything that counts as the same examination; an
*evaluation* is one quality evaluation of a facility's item, from which its *mark* (全国HR, 省HR, 县HR …) follows for half a
year; an *offer* is an existing result that would be recognised instead of a repeat; a *decision* is the doctor's: recognised,
or ordered anyway for one of the six lawful reasons.  What is recognised is data and images, never the conclusion.
*Asking* is what a doctor without another basis says first: that the patient is in front of her, and which item she is about
to order.
The doctor who sees the patient decides always.  Start reading at rules.py, then asking.py and services/.
"""
