#!/usr/bin/env bash
# The day of ad delivery, killed with SIGKILL at random moments and started again each time: the same
# tables, nothing doubled, no finished task run again. First argument: the program; then how many
# kills (20) and how many events (20000).
set -euo pipefail
source "$(dirname "$0")/common.bash"
shown=(log.*)
kills=${2:-20}
events=${3:-20000}
source=$project/examples/ad_delivery

seed=${KILL_SEED:-$RANDOM}
echo "seed $seed"
RANDOM=$seed
"$(dirname "$program")/ad_delivery_generate" --events "$events" --seed "$seed" --date 2026-03-10 --out data
mkdir project
cp -r "$source"/*.dig "$source"/config "$source"/load "$source"/queries project
parameters=(--project project --session 2026-03-10 -p data="$PWD/data" -p work="$PWD/work")

command=("$program" run daily.dig "${parameters[@]}" -p from=0 -p to=6)

killed=0
finished=
while [ "$killed" -lt "$kills" ] && [ -z "$finished" ]; do
  "${command[@]}" >"log.$(printf %03d "$killed")" 2>&1 &
  pid=$!
  sleep "$(awk -v r="$RANDOM" 'BEGIN { printf "%.3f", 0.02 + r / 32768 * 0.2 }')"
  if kill -9 "$pid" 2>/dev/null; then killed=$((killed + 1)); fi
  # It may have come to its end before the kill.
  if wait "$pid" 2>/dev/null; then finished=yes; fi
done
[ -n "$finished" ] || "${command[@]}" >log.999 2>&1 || fail "the last run must succeed"
"$program" run compare.dig "${parameters[@]}" -p to=6 >compare 2>&1 || { cat compare; fail "the tables differ"; }

again=$(grep -hoE 'success  \+daily\S+' log.* | sort | uniq -d)
[ -z "$again" ] || fail "finished twice: $again"
echo "ok: $killed kills, $(grep -cE 'all equal$' compare) tables equal"
