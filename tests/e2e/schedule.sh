#!/usr/bin/env bash
# The schedules of the example as a server plays them: an hour at a time, and publishing whatever is
# complete. The published tables agree with the truth, also while an hour is worked on, when an hour
# has to wait for the one before it, and over midnight. First argument: the program.
set -euo pipefail
source "$(dirname "$0")/common.bash"
shown=(said)
events=${2:-20000}
source=$project/examples/ad_delivery
waiting=
at_end() { [ -z "$waiting" ] || kill -9 "$waiting" 2>/dev/null || true; }

"$(dirname "$program")/ad_delivery_generate" --events "$events" --seed 5 --date 2026-03-10 --out data
mkdir project
cp -r "$source"/*.dig "$source"/config "$source"/load "$source"/queries project
work=$PWD/work

run() {  # run WORKFLOW SESSION [OPTIONS]
  "$program" run "$1.dig" --session "$2" --project project -l warn -p data="$PWD/data" -p work="$work" "${@:3}"
}
plays() { run "$@" >said 2>&1 || fail "$*"; }
agrees() {  # agrees HOURS WHAT
  plays compare 2026-03-10 --rerun -p to="$1"
  [ "$(grep -c 'all equal$' said)" = 7 ] || fail "$2: the published tables are not those of hour $1"
}
hour_ends() { plays aggregate_hourly "2026-03-10 $1:00:00"; }
publishes() { plays publish "2026-03-10 $1"; }

# Nothing is complete, so there is nothing to publish.
if run publish "2026-03-10 00:05:00" >said 2>&1; then fail "nothing was published as if it were something"; fi
grep -q "no tables are complete yet" said || fail "not said: nothing is complete"

# The first day of the schedule: the session of an hour takes the hour before it.
for hour in 01 02 03 04 05 06; do
  hour_ends $hour
  publishes $hour:15:00
done
agrees 6 "six hours by the schedule"
publishes 06:20:00
agrees 6 "published twice"

# On from a day that was run as a whole so far.
plays daily 2026-03-10 -p from=6 -p to=9
for hour in 10 11 12; do hour_ends $hour; done
publishes 12:15:00
agrees 12 "the schedule after daily.dig"

# An hour that is not finished is not published, not even a part of it.
plays aggregate_hourly "2026-03-10 13:00:00" --end +complete
compgen -G "work/counts/dt=2026-03-10/hour=12/part*" >/dev/null || fail "hour 12 was not begun"
publishes 13:15:00
agrees 12 "an unfinished hour"

# An hour waits for the one before it.
touch waited
run aggregate_hourly "2026-03-10 14:00:00" --save "$PWD/state" >waited 2>&1 &
waiting=$!
for _ in $(seq 600); do
  grep -q "hour 12 of 2026-03-10 has not been through" waited && break
  sleep 0.1
done
[ ! -e work/done/dt=2026-03-10/hour=13 ] || fail "hour 13 did not wait for hour 12"
hour_ends 13
wait "$waiting" || { cp waited said; fail "the hour that waited"; }
waiting=
publishes 14:15:00
[ -e work/done/dt=2026-03-10/hour=13 ] || fail "hour 13 is not complete"

# The session of midnight takes the last hour of the day before.
plays aggregate_hourly 2026-03-10 -p from=14 -p to=23
plays aggregate_hourly 2026-03-11
plays publish "2026-03-11 00:15:00"
agrees 24 "the last hour of the day"
grep -q "planted faults found" said || fail "the planted faults were not counted"

# Each workflow alone, for hours of one's choice.
work=$PWD/alone
plays aggregate_hourly 2026-03-10 -p from=0 -p to=6 --rerun
plays publish 2026-03-10 --rerun
agrees 6 "the workflows alone"
work=$PWD/steps
for workflow in start_day ingest count ctr slots pacing candidates; do
  plays $workflow 2026-03-10 -p to=6 --rerun
done
for table in hourly conversions quality ctr slots pacing candidates; do
  one="FROM 'alone/result/$table.parquet'"
  other="FROM 'steps/result/$table.parquet'"
  "$program" query --format csv "($one EXCEPT ALL $other) UNION ALL ($other EXCEPT ALL $one)" | tail -n +2 >said
  [ ! -s said ] || fail "step by step: $table"
done
echo ok
