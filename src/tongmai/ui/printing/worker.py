"""Runs typst on one order from standard input and writes the PDF to standard output; a process of its own."""

import json
import sys

import typst

order = json.load(sys.stdin.buffer)
sys.stdout.buffer.write(
    typst.compile(
        order["template"],
        root=order["root"],
        font_paths=[order["fonts"]],
        ignore_system_fonts=True,
        sys_inputs={"data": order["data"]},
    )
)
