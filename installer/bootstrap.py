#!/usr/bin/env python3
"""Sets up everything that the station application needs, then runs it or its tests.

This file is kept readable for Python 2.7 and every Python 3, so that an unsuitable one is told so in one
line instead of a SyntaxError. What is done is in commands.py; README.md beside this file explains it.
"""

import os
import sys

version = tuple(sys.version_info)[:2]
if version < (3, 11) or version > (3, 13):
    sys.stderr.write(
        "The station application needs Python 3.11, 3.12 or 3.13; this is Python "
        + ".".join(str(part) for part in version)
        + " ("
        + str(sys.executable)
        + "). Install a suitable one and run this file with it, e.g. python3.12 installer/bootstrap.py\n"
    )
    sys.exit(1)

# the checkout, not this folder: modules here are installer.*, and none of them may shadow a library
root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120  # Python 2.7
sys.path[:] = [root] + [entry for entry in sys.path if entry != os.path.join(root, "installer")]  # noqa: PTH118

from installer.commands import main  # noqa: E402  # only after the version is known

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
