"""`tongmai receive FILE…`: take HL7 v2 messages and shared documents (CDA) from files."""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

WORDS = {"done": "已办理", "held": "待人工处理", "rejected": "不接收", "unread": "无法读取"}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files", nargs="+", type=Path, help="files of messages or documents, or folders of .hl7 and .xml files"
    )
    parser.add_argument("--out", type=Path, help="folder for the answers (otherwise beside each file)")
    parser.add_argument(
        "--map", action="append", default=[], metavar="SYSTEM:TEXT=ORG", dest="meanings",
        help="remember that TEXT in the messages of SYSTEM (MSH-3, or MSH-3/MSH-4) means our organisation ORG "
        "(its code or name), then try held messages again",
    )  # fmt: skip
    parser.add_argument("--again", action="store_true", help="try messages that are held once more")
    parser.add_argument("--json", action="store_true", help="one JSON object per file")


def run(options: argparse.Namespace) -> int:
    """0: all were taken (or had been before); 1: something is held, rejected or unread; 2: a wrong --map."""
    import django

    django.setup()
    from django.utils import timezone

    from tongmai.config.progress import progress
    from tongmai.exchange.hl7v2.receiving import files_of, receive
    from tongmai.foundation.orgs.actors import Actor

    by, status = Actor.system(now=timezone.now()), 0
    if not _remember(options.meanings, by):
        return 2
    again = options.again or bool(options.meanings)
    files, counts, reasons = files_of(options.files), Counter[str](), Counter[str]()
    outcomes = receive(files, by, out=options.out, again=again)
    for outcome in progress(outcomes, "receive", total=len(files)) if len(files) > 1 else outcomes:
        counts[outcome.state] += 1
        reasons.update({fault["problem"] for fault in outcome.faults})
        status = status or int(outcome.state != "done")
        sys.stdout.write((json.dumps(outcome.as_dict(), ensure_ascii=False) if options.json else _line(outcome)) + "\n")
    if len(files) > 1:
        sys.stderr.write(_sum(counts, reasons))
    return status


def _sum(counts: Counter[str], reasons: Counter[str]) -> str:
    """How many there were of each fate, and what kept the others back, the most frequent first."""
    lines = ["，".join(f"{WORDS[state]} {counts[state]}" for state in WORDS if counts[state])]
    lines += [f"    {n} × {problem}" for problem, n in reasons.most_common()]
    return "\n".join(lines) + "\n"


def _remember(meanings: list[str], by) -> bool:
    """Remember all of them or none."""
    from django.db import transaction

    from tongmai.exchange.services.meanings import remember_named
    from tongmai.kernel.errors import InvalidInput, TongmaiError

    try:
        with transaction.atomic():
            for meaning in meanings:
                said, equals, org = meaning.rpartition("=")
                system, colon, text = said.partition(":")
                if not (equals and colon):
                    raise InvalidInput(field=meaning, problem="SYSTEM:TEXT=ORG")
                remember_named(system=system, text=text, org=org.strip(), by=by)
    except TongmaiError as error:
        sys.stderr.write(f"--map: {error}\n")
        return False
    return True


def _line(outcome) -> str:
    again = "（此前已收到）" if outcome.is_repeated else ""
    lines = [f"{outcome.file}: {WORDS.get(outcome.state, outcome.state)}{again} {outcome.referral_id}".rstrip()]
    lines += [f"    {f['location']} {f['problem']} {f['remedy']}".rstrip() for f in outcome.faults]
    lines += [f"    → {path}" for path in outcome.answers]
    return "\n".join(lines)
