#!/usr/bin/env bash
# The report of a run, looked at in a browser without a network. First argument: the program.
set -euo pipefail
source "$(dirname "$0")/common.bash"
export HOME=$folder TZ=UTC

cat >main.dig <<'DIG'
timezone: UTC
+prepare:
  echo>: preparing
+load:
  _parallel: true
  +a:
    sh>: echo loaded a
  +b:
    _retry: 1
    sh>: test -e done || { touch done; echo first try; exit 3; }; echo "<b>second</b> try"
+bad:
  sh>: echo its last words; exit 4
DIG
"$program" run main.dig --session 2026-03-10 --report report.html >log 2>&1 && fail "the run must fail"
grep -qiE 'src=|@import|url\(|<link' report.html && fail "the page wants something from elsewhere"

browse() {
  timeout 60 chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage \
    --user-data-dir="$folder/profile" --host-resolver-rules='MAP * ~NOTFOUND' \
    --enable-logging=stderr --window-size=1200,1600 "$@" "file://$folder/report.html" 2>browser.log
}
browse --dump-dom >dom.html || { cat browser.log; fail "chromium cannot open it"; }
grep -q CONSOLE browser.log && { grep CONSOLE browser.log; fail "the page complains"; }
has() { grep -qF -- "$1" dom.html || { cat dom.html; fail "the browser shows no: $1"; }; }
has 'main 2026-03-10T00:00:00+00:00'
has 'What failed'
has 'Command failed with code 4'
has 'its last words'
has '+main+load+b'
has '&lt;b&gt;second&lt;/b&gt; try'
has 'Timeline'

browse --screenshot="$folder/page.png" >/dev/null || fail "no screenshot"
# What was drawn: green bars of tasks that succeeded, a red one of the task that did not, on white.
python3 - page.png <<'PYTHON' || fail "the picture is not that of a timeline"
import struct, sys, zlib
data = open(sys.argv[1], "rb").read()
at, packed = 8, b""
while at < len(data):
    size, kind = struct.unpack(">I4s", data[at:at + 8])
    body = data[at + 8:at + 8 + size]
    if kind == b"IHDR":
        width, height, _, color = struct.unpack(">IIBB", body[:10])
    if kind == b"IDAT":
        packed += body
    at += size + 12
pixel = {2: 3, 6: 4}[color]
raw, stride = zlib.decompress(packed), width * pixel
row, counts = bytearray(stride), {"green": 0, "red": 0, "white": 0}
for y in range(height):
    filter, line = raw[y * (stride + 1)], bytearray(raw[y * (stride + 1) + 1:(y + 1) * (stride + 1)])
    for x in range(stride):
        left = line[x - pixel] if x >= pixel else 0
        up, corner = row[x], row[x - pixel] if x >= pixel else 0
        if filter == 1: line[x] = (line[x] + left) & 255
        elif filter == 2: line[x] = (line[x] + up) & 255
        elif filter == 3: line[x] = (line[x] + (left + up) // 2) & 255
        elif filter == 4:
            guess = left + up - corner
            near = min((abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner))
            line[x] = (line[x] + near[2]) & 255
    row = line
    for x in range(0, stride, pixel):
        r, g, b = line[x:x + 3]
        if g > r + 50 and g > b + 30: counts["green"] += 1
        elif r > g + 80 and r > b + 80: counts["red"] += 1
        elif min(r, g, b) > 250: counts["white"] += 1
print(counts)
good = counts["green"] > 500 and counts["red"] > 500 and counts["white"] > width * height // 2
sys.exit(0 if good else 1)
PYTHON
echo "ok: the report stands by itself"
