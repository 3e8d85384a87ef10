#!/usr/bin/env bash
# Before a release, by hand: the component's tests on the newest Home Assistant that has a test harness, then a real process of
# the newest release, which may have none yet. Look for newer ones of both first. Run `make test-home-assistant` before it: the
# tree that was exported there is what is tested.
#
#   PYTHON314=/usr/bin/python3.14 tests/home_assistant/newest.sh           a Python 3.14.2 or newer with venv
#   DEBIAN=FOLDER tests/home_assistant/newest.sh                           as root: a Debian unstable is put there (300 MB), which
#                                                                          has one, and everything runs inside of it
set -euo pipefail
HARNESS=${HARNESS:-0.13.375}              # belongs to Home Assistant 2026.10.4
RELEASE=${RELEASE:-2026.11.0}
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
OURS=$ROOT/.venv/bin/python
BASE=$("$OURS" -c 'import sys; print(sys.base_prefix)')
DEBIAN=${DEBIAN:-}
PYTHON=${PYTHON314:-python3.14}
mounted=()

inside() { if [ -n "$DEBIAN" ]; then chroot "$DEBIAN" "$@"; else "$@"; fi; }

leave() { for ((i = ${#mounted[@]} - 1; i >= 0; i--)); do umount "${mounted[i]}"; done; }

if [ -n "$DEBIAN" ]; then
  [ -e "$DEBIAN/usr/bin/python3.14" ] || debootstrap --variant=minbase \
    --include=python3.14,python3.14-venv,python3.14-dev,g++,ca-certificates unstable "$DEBIAN"
  cp /etc/resolv.conf /etc/hosts "$DEBIAN/etc/"
  if [ -e /etc/pip.conf ]; then cp /etc/pip.conf "$DEBIAN/etc/"; fi
  trap leave EXIT
  for place in /proc /dev /dev/pts "$ROOT" "$BASE"; do
    mkdir -p "$DEBIAN$place"
    mount --bind "$place" "$DEBIAN$place"
    mounted+=("$DEBIAN$place")
  done
fi

# 1. the harness
NEWEST=$ROOT/.venv/home-assistant-newest
inside "$PYTHON" -m venv "$NEWEST"
inside "$NEWEST/bin/python" -m pip install --quiet "pytest-homeassistant-custom-component==$HARNESS"
inside env -C "$ROOT/tests/home_assistant" AFTERVIEW="$OURS" "$NEWEST/bin/python" -m pytest -c pytest.ini --rootdir . "$@"

# 2. a process. It is started with --skip-pip, so what its own components want is installed here.
RELEASED=$ROOT/.venv/home-assistant-$RELEASE
inside "$PYTHON" -m venv "$RELEASED"
inside "$RELEASED/bin/python" -m pip install --quiet "homeassistant==$RELEASE" pytest pytest-asyncio pytest-timeout
inside "$RELEASED/bin/python" "$ROOT/tests/home_assistant/wanted.py" > "$ROOT/build/wanted.txt"
inside "$RELEASED/bin/python" -m pip install --quiet -r "$ROOT/build/wanted.txt"
inside env -C "$ROOT/tests/home_assistant_process" RADICALE="$OURS" AFTERVIEW="$OURS" \
  "$RELEASED/bin/python" -m pytest -c pytest.ini --rootdir .
