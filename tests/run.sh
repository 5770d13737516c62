#!/usr/bin/env bash
# Lint, types and every test, in a virtual environment of its own; finds Chromium or installs it.
set -eu
cd "$(dirname "$0")/.."
venv=${AMMIX_TEST_VENV:-.venv}
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/python" -m pip install -q --disable-pip-version-check -r requirements.txt -r tests/requirements.txt

find_chromium() {
  for name in chromium chromium-browser google-chrome; do command -v "$name" && return; done
  return 1
}
if [ -z "${CHROMIUM:-}" ] && ! CHROMIUM=$(find_chromium); then
  if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    { apt-get update -qq && apt-get install -y -qq chromium; } >/dev/null
    CHROMIUM=$(find_chromium)
  else
    "$venv/bin/python" -m playwright install chromium
    CHROMIUM=$("$venv/bin/python" -c 'from playwright.sync_api import sync_playwright as s
with s() as p: print(p.chromium.executable_path)')
  fi
fi
export CHROMIUM
"$venv/bin/ruff" check .
"$venv/bin/ruff" format --check .
"$venv/bin/mypy"
# Two files at a time, each with one thread for torch: two cores are enough.
OMP_NUM_THREADS=1 exec "$venv/bin/python" -m pytest -n 2 --dist loadfile "$@"
