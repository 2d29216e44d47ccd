"""`python -m tongmai`, the same as `tongmai`."""

import sys

from tongmai.config.cli import main

sys.exit(main())
