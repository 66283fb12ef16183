#!/usr/bin/env bash
# What the image's build stage does: Netral, installed and compiled, in one folder.
#
#   build.sh SOURCE PREFIX
#
# PREFIX must be the place where it will run: machine code is found by the path of its source.
# DEPENDENCIES names a folder of installed packages to use instead of the locked ones (for a test).
set -euo pipefail
source=$(cd "$1" && pwd)
prefix=$2

python3 -m venv ${DEPENDENCIES:+--without-pip} "$prefix"
python="$prefix/bin/python"
packages=$("$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
if [ -n "${DEPENDENCIES:-}" ]; then
  echo "$DEPENDENCIES" >"$packages/dependencies.pth"
else
  "$python" -m pip install --quiet --no-cache-dir --require-hashes -r "$source/requirements/run.txt"
  "$python" -m pip install --quiet --no-cache-dir "setuptools>=77"
fi
"$python" -m pip install --quiet --no-cache-dir --no-deps --no-build-isolation "$source"

# The generic CPU: the image runs on other machines than the one that builds it.
export NUMBA_CPU_NAME=generic NUMBA_CACHE_DIR="$prefix/kernels"
"$python" "$source/docker/image/exercise.py" 1
"$python" -m compileall -q "$packages" >/dev/null || true # two dependencies carry templates that do not compile
[ -n "${DEPENDENCIES:-}" ] || "$python" -m pip uninstall --quiet --yes setuptools pip
chmod -R a+rX,a-w "$prefix"
