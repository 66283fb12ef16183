#!/usr/bin/env bash
# Make the virtual environment from the hash-pinned lock; say what is missing where it fails.
set -euo pipefail
PYTHON=${PYTHON:-python3}
VENV=${VENV:-.venv}

fail() { printf 'set-up failed: %s\n' "$1" >&2; exit 1; }

command -v "$PYTHON" >/dev/null 2>&1 ||
  fail "no '$PYTHON' found. Install Python 3.11 or newer, or name one: make PYTHON=/path/to/python3"
"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
  fail "$("$PYTHON" --version) is too old. Netral needs Python 3.11 or newer: make PYTHON=/path/to/python3"
"$PYTHON" -c 'import venv, ensurepip' 2>/dev/null ||
  fail "Python's venv module is missing. On Debian or Ubuntu: apt-get install python3-venv"

[ -x "$VENV/bin/python" ] || "$PYTHON" -m venv "$VENV"
echo "installing the locked packages into $VENV (the first time takes a minute or two)"
"$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes \
  -r requirements/dev.txt ||
  fail "a locked package could not be installed (see above). pip needs to reach a package index; set PIP_INDEX_URL for a mirror."
# An editable install of folders with plain names makes the build tool warn; the checkout is the place.
PYTHONWARNINGS=ignore "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check \
  --no-deps --no-build-isolation --editable . ||
  fail "Netral itself could not be installed (see above)."
touch "$VENV/.ready"
