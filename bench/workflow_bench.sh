#!/bin/bash
# Start to finish of small and long workflows, with the store on disk, beside a loop of the shell.
#
#     bench/workflow_bench.sh [build/release/bin/mogura]
#
# Each figure is the best of several runs: what the machine does beside us only ever adds.
set -euo pipefail
mogura=$(realpath "${1:-build/release/bin/mogura}")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

workflow() {  # NAME COUNT TASK: a project of its own
    mkdir -p "$1"
    {
        echo 'timezone: UTC'
        for ((i = 0; i < $2; i++)); do echo "+t$i: {$3}"; done
    } > "$1/$1.dig"
}
mkdir many range10k range100k
workflow one 1 'echo>: hello'
workflow template 1 'echo>: "${moment(session_time).format()}"'
workflow echo 1000 'echo>: line'
workflow echo_template 1000 'echo>: "${session_unixtime + 1}"'
workflow echo_moment 1000 'echo>: "${moment(session_time).add(1, '"'d'"').format()}"'
workflow sh 1000 'sh>: "true"'
workflow echo10k 10000 'echo>: line'
for ((i = 0; i < 500; i++)); do
    printf 'timezone: UTC\n_export: {x: 1}\n+a:\n  sh>: echo ${x} ${session_date}\n+b:\n  if>: ${x == 1}\n  _do:\n    +c: {echo>: "%s"}\n' \
        "$i" > "many/w$i.dig"
done
echo '+r: {for_range>: {from: 0, to: 10000, step: 1}, _do: {echo>: x}}' > range10k/range10k.dig
echo '+r: {for_range>: {from: 0, to: 100000, step: 1}, _do: {echo>: x}}' > range100k/range100k.dig

best() {  # RUNS COMMAND...
    local runs=$1 least="" took begin end
    shift
    for ((run = 0; run < runs; run++)); do
        begin=$(date +%s%N)
        "$@" > /dev/null 2> errors || { cat errors >&2; exit 1; }
        end=$(date +%s%N)
        took=$(((end - begin) / 1000))
        [[ -z $least || $took -lt $least ]] && least=$took
    done
    echo "$least"
}
show() { printf '%-44s %8d.%03d ms\n' "$1" $(($2 / 1000)) $(($2 % 1000)); }
check() { "$mogura" check "$@"; }
# Peak memory of a command in MB, as the kernel counted it.
peak() { python3 -c 'import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)' "$@"; }
run() { "$mogura" run --project "$1" "$1.dig" --rerun -l error; }
shell_loop() { for ((i = 0; i < 1000; i++)); do sh -c true; done; }

run one > /dev/null 2>&1
show 'one task' "$(best 10 run one)"
show 'one task with moment()' "$(best 5 run template)"
show '1,000 echo> in a row' "$(best 5 run echo)"
show '1,000 echo> in a row, a template each' "$(best 3 run echo_template)"
show '1,000 echo> in a row, moment() in each' "$(best 3 run echo_moment)"
commands=$(best 3 run sh)
loop=$(best 3 shell_loop)
show '1,000 sh> in a row' "$commands"
show '1,000 sh -c true in a loop of bash' "$loop"
printf '%-44s %8d.%02d\n' 'sh> beside the loop, times' $((commands / loop)) $((commands * 100 / loop % 100))
show 'check of one workflow' "$(best 5 check --project one)"
show 'check of a project of 500 workflows' "$(best 3 check --project many)"
show '10,000 echo> in a row' "$(best 1 run echo10k)"
show '10,000 tasks from for_range>' "$(best 1 run range10k)"
show '100,000 tasks from for_range>' "$(best 1 run range100k)"
for name in one echo echo10k range10k range100k; do
    printf '%-44s %8d MB\n' "peak memory, $name" "$(peak "$mogura" run --project "$name" "$name.dig" --rerun -l error)"
done
