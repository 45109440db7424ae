#!/usr/bin/env bash
# A command that outlives its killed mogura ends when the next run begins, with all its children;
# only then does the task run again. First argument: the program.
set -euo pipefail
source "$(dirname "$0")/common.bash"
shown=(log.*)
at_end() {
  # Process groups of commands, if a failure left them behind.
  for file in "$folder"/group.*; do
    [ ! -e "$file" ] || kill -9 -- "-$(cat "$file")" 2>/dev/null || true
  done
}

# Each life of the command writes down its process group. A child of the first ticks for ever; the
# second looks whether anything still does.
cat >survives.dig <<'DIG'
+before:
  sh>: echo once >>before
+command:
  sh>: exec ./command.sh
DIG
cat >command.sh <<'SCRIPT'
#!/bin/sh
life=$(ls group.* 2>/dev/null | wc -l)
echo $$ >group.$life
if [ "$life" = 0 ]; then
  (while sleep 0.02; do echo tick >>ticks; done) &
  wait
fi
before=$(wc -l <ticks)
sleep 0.3
[ "$(wc -l <ticks)" = "$before" ] || echo "the first life still runs" >>overlap
exit 0
SCRIPT
chmod +x command.sh

"$program" run survives.dig --session 2026-03-10 >log.1 2>&1 &
mogura=$!
eventually "the command runs" test -s ticks
{ kill -9 "$mogura"; wait "$mogura"; } 2>/dev/null || true
kill -0 -- "-$(cat group.0)" 2>/dev/null || fail "the command did not survive: nothing is tested"

"$program" run survives.dig --session 2026-03-10 >log.2 2>&1 || fail "the second run must succeed"
[ ! -e overlap ] || fail "$(cat overlap)"
[ "$(ls group.* | wc -l)" = 2 ] || fail "the command ran $(ls group.* | wc -l) times, not twice"
[ "$(wc -l <before)" = 1 ] || fail "a finished task ran again"

# So it does when the next run begins anew instead of going on.
for told in -a '-p x=1' '-s +command'; do
  rm -rf .digdag before group.* ticks log.*
  "$program" run survives.dig --session 2026-03-10 >log.1 2>&1 &
  mogura=$!
  for _ in $(seq 500); do
    [ -s ticks ] && break
    sleep 0.02
  done
  # The handle of the command is in the store when the loop has looked after it.
  sleep 0.5
  { kill -9 "$mogura"; wait "$mogura"; } 2>/dev/null || true
  kill -0 -- "-$(cat group.0)" 2>/dev/null || fail "$told: the command did not survive"
  # shellcheck disable=SC2086
  "$program" run survives.dig --session 2026-03-10 $told >log.2 2>&1 || fail "$told: the second run"
  grep -q 'Going on' log.2 && fail "$told: it must begin anew"
  [ ! -e overlap ] || fail "$told: $(cat overlap)"
  [ "$(ls group.* | wc -l)" = 2 ] || fail "$told: the command ran $(ls group.* | wc -l) times"
done
echo ok
