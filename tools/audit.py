"""Whether a pinned dependency has a known weakness: asks pip-audit, and says loudly what could not be asked.

Ends with 1 when a weakness is known.  A service that cannot be reached ends with 0, as an intranet must be able to run
everything; then the last line says that NOTHING was audited, and somebody must ask from elsewhere.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("requirements.lock", "requirements-dev.lock")
PATIENCE_SECONDS = 120


def main() -> int:
    """Audit each lock; 1 when something was found."""
    return max(_audit(lock) for lock in LOCKS)


def _audit(lock: str) -> int:
    words = [sys.executable, "-m", "pip_audit", "--requirement", str(ROOT / lock), "--require-hashes", "--no-deps"]
    words += ["--progress-spinner", "off", "--format", "json"]
    try:
        told = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)
        packages = json.loads(told.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, json.JSONDecodeError, KeyError):
        return _loudly(lock, "the service could not be reached, so NOTHING was audited")
    skipped = [each["name"] for each in packages if "skip_reason" in each]
    weak = [each for each in packages if each.get("vulns")]
    for each in weak:
        print(f"{lock}: {each['name']} {each['version']}: {', '.join(v['id'] for v in each['vulns'])}")
    if weak:
        return 1
    if len(skipped) == len(packages):
        return _loudly(lock, "the service knows none of these packages, so NOTHING was audited")
    if skipped:
        return _loudly(lock, f"{len(packages) - len(skipped)} packages are clean, NOT AUDITED: {', '.join(skipped)}")
    print(f"{lock}: {len(packages)} packages, no known weakness")
    return 0


def _loudly(lock: str, what: str) -> int:
    print(f"\n*** DEPENDENCY AUDIT NOT COMPLETE *** {lock}: {what}.\n", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
