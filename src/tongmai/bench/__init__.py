"""Benches: figures of the whole product, taken as users would feel them, each next to its goal.

A *bench* is one question (`tongmai bench journeys`: does every page answer within its time under seventy users?).  It
runs against a real `tongmai serve` and `tongmai worker` on a database that `tongmai bench load` has filled: the people
and their visits are *lives*, played once by the services and then copied with other names, places and days.
Every *run* is a line of docs/performance-history.jsonl and rewrites its table in docs/performance.md.

Start reading at command.py; loading.py says how the data come to be, journeys.py what the users do.
This is the topmost layer: nothing imports it.  A bench is never part of the test suite, and no test asserts a time.
"""
