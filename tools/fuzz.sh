#!/bin/sh
# Runs every fuzz target for some seconds from its corpus; what it finds goes to a scratch corpus, so that the
# tracked one stays small. Fails on any crash, leak, hang or broken promise; the input is left in build/fuzz/crashes.
# Usage: tools/fuzz.sh SECONDS
set -eu
cd "$(dirname "$0")/.."
seconds=${1:?"give the seconds for each target"}
build=build/fuzz
mkdir -p "$build/crashes" "$build/scratch" "$build/logs"

targets=$(find src -name '*_fuzz.cc' -exec basename {} .cc \; | sort)
[ -n "$targets" ] || { echo "fuzz.sh: there are no fuzz targets" >&2; exit 1; }

run_one() {
  mkdir -p "$build/scratch/$1"
  if "$build/$1" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="$build/crashes/$1-" "$build/scratch/$1" "fuzz/corpus/$1" >"$build/logs/$1" 2>&1; then
    printf '  %-28s %9s inputs\n' "$1" "$(sed -n 's/^stat::number_of_executed_units: *//p' "$build/logs/$1")"
  else
    tail -n 40 "$build/logs/$1"
    echo "FAILED: $1"
    return 1
  fi
}

# One target at a time on each of two cores, as many as the smallest machine has.
status=0
waiting=""
for target in $targets; do
  run_one "$target" &
  if [ -n "$waiting" ]; then
    wait "$waiting" || status=1
  fi
  waiting=$!
done
wait "$waiting" || status=1
exit $status
