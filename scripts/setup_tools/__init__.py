"""What `scripts/run` and `scripts/test` share: the virtual environment and the browser. Standard library only.

This file is read by any Python 3, the rest of the package by those that are new enough.
"""

import sys

OLDEST = (3, 11)

if sys.version_info < OLDEST:
    raise SystemExit("Nablascope needs Python 3.11 or newer; this is " + sys.version.split()[0] + ".")
