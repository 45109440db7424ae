#!/usr/bin/env bash
# docs/reference/plugins.md says what the program says. First argument: the program.
set -euo pipefail
program=$(realpath "${1:?the program is missing}")
cd "$(dirname "$0")/../.."
"$program" reference | diff docs/reference/plugins.md - ||
  { echo "FAILED: run mogura reference >docs/reference/plugins.md"; exit 1; }
echo ok
