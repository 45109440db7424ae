#!/usr/bin/env python3
"""count_lines>: FILE stores how many lines the file has."""

import json
import sys

request = json.load(sys.stdin)
path = request["command"]
try:
    with open(path) as file:
        lines = sum(1 for _ in file)
except OSError as reason:
    json.dump({"error": str(reason)}, sys.stdout)
    sys.exit(1)
print("counted", path, file=sys.stderr)  # into the task's log
json.dump({"store": {"count_lines": {"file": path, "lines": lines}}}, sys.stdout)
