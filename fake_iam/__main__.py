"""``python -m fake_iam`` is the command ``fake-iam``."""

import sys

from fake_iam.cli import main

sys.exit(main())
