#!/usr/bin/env bash
# What --rerun, --start, --goal and --end mean together with a run that a kill left unfinished: told
# nothing, a run goes on with it and takes no older result for its own; told what to run, it begins
# anew and keeps what was finished. First argument: the program.
set -euo pipefail
source "$(dirname "$0")/common.bash"

# Each task says that it ran. The one named in `kill_in` takes its mogura with it, the one in
# `fail_in` fails.
cat >task.sh <<'SCRIPT'
#!/bin/sh
echo "$1" >>ran
[ "$(cat kill_in)" != "$1" ] || kill -9 $PPID
[ "$(cat fail_in)" != "$1" ]
SCRIPT
chmod +x task.sh
cat >w.dig <<'DIG'
+a:
  sh>: exec ./task.sh a
+b:
  loop>: 1
  _do:
    sh>: exec ./task.sh b
+c:
  sh>: exec ./task.sh c
+d:
  sh>: exec ./task.sh d
DIG

begin() {  # begin WHAT: no state at all
  what=$1
  rm -rf .digdag
  : >kill_in
  : >fail_in
}

run() {  # run TASKS [OPTION...]: what runs, in order
  local wanted=$1 code=0
  shift
  : >ran
  "$program" run w.dig --session 2026-03-10 "$@" >log 2>&1 || code=$?
  [ "$(xargs <ran)" = "$wanted" ] || fail "$what: run $*: ran '$(xargs <ran)', not '$wanted'"
  [ -s kill_in ] || [ -s fail_in ] || [ "$code" = 0 ] || fail "$what: run $*: exit code $code"
}

run_killed_in() {  # run_killed_in TASK TASKS [OPTION...]
  echo "$1" >kill_in
  run "${@:2}" 2>/dev/null
  : >kill_in
}

begin "a plain run goes on"
run_killed_in c "a b c"
run "c d"
run ""

begin "--start takes what the unfinished run finished"
run_killed_in d "a b c d"
run "c d" --start +c

begin "a plain run goes on with --start"
run "a b c d"
run_killed_in c "b c" --start +b
run "c d"

begin "a plain run goes on with --rerun"
run "a b c d"
run_killed_in b "a b" --rerun
run "b c d"

begin "--start twice begins twice"
run "a b c d"
run_killed_in c "b c" --start +b
run "b c d" --start +b

begin "--rerun twice begins twice"
run_killed_in c "a b c" --rerun
run "a b c d" --rerun

begin "--goal takes what the unfinished run finished, and a plain run what the goal did"
run_killed_in c "a b c"
run "b" --goal +b
run "c d"

begin "a plain run does all of an unfinished --goal"
run_killed_in b "a b" --goal +b
run "b c d"

begin "--end goes on with itself, a plain run goes beyond"
run_killed_in b "a b" --end +c
run "b" --end +c
run "c d"

# Also a failure: the results behind it are older than what runs now.
begin "a plain run after a failed --rerun"
run "a b c d"
echo c >fail_in
run "a b c" --rerun
: >fail_in
run "c d"
echo ok
