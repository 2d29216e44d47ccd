"""`tongmai manage …`: Django's own commands."""

from django.core.management import execute_from_command_line


def run(rest: list[str]) -> int:
    execute_from_command_line(["tongmai manage", *rest])
    return 0
