"""`tongmai receive FILE…`: take HL7 v2 messages from files."""

import argparse
import json
import sys
from pathlib import Path

WORDS = {"done": "已成为转诊", "held": "待人工处理", "rejected": "不接收", "unread": "无法读取"}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, help="message files, or folders of .hl7 files")
    parser.add_argument("--out", type=Path, help="folder for the answers (otherwise beside each file)")
    parser.add_argument("--json", action="store_true", help="one JSON object per file")


def run(options: argparse.Namespace) -> int:
    """0: all became referrals (or had before); 1: something is held, rejected or unread."""
    import django

    django.setup()
    from django.utils import timezone

    from tongmai.exchange.hl7v2.receiving import receive
    from tongmai.foundation.orgs.actors import Actor

    status = 0
    for outcome in receive(options.files, Actor.system(now=timezone.now()), out=options.out):
        status = status or int(outcome.state != "done")
        sys.stdout.write((json.dumps(outcome.as_dict(), ensure_ascii=False) if options.json else _line(outcome)) + "\n")
    return status


def _line(outcome) -> str:
    again = "（此前已收到）" if outcome.is_repeated else ""
    lines = [f"{outcome.file}: {WORDS.get(outcome.state, outcome.state)}{again} {outcome.referral_id}".rstrip()]
    lines += [f"    {f['location']} {f['problem']} {f['remedy']}".rstrip() for f in outcome.faults]
    lines += [f"    → {path}" for path in outcome.answers]
    return "\n".join(lines)
