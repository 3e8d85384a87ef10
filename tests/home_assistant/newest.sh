#!/usr/bin/env bash
# Before a release, by hand: the same tests on the newest Home Assistant that has a test harness. Needs Python 3.14.2 or newer
# in PYTHON314 (no common distribution has it yet; a folder made with debootstrap from Debian unstable does).
# The harness is pinned to its Home Assistant; look for a newer pair first.
set -euo pipefail
HARNESS=${HARNESS:-0.13.375}              # belongs to Home Assistant 2026.10.4
cd "$(dirname "$0")/../.."
"${PYTHON314:?name a Python 3.14.2 or newer in PYTHON314}" -m venv .venv/home-assistant-newest
.venv/home-assistant-newest/bin/python -m pip install --quiet "pytest-homeassistant-custom-component==$HARNESS"
.venv/bin/afterview --quiet home-assistant export build/home_assistant
cd tests/home_assistant
../../.venv/home-assistant-newest/bin/python -m pytest -c pytest.ini --rootdir . "$@"
