#!/usr/bin/env bash
# Instruction counts of the kernel's parts, held to the committed ones: a guard against regressions that no noise of timing disturbs.
#
#   scripts/instructions.sh           compare with benches/instructions.txt; fails where a case costs over 3 percent more
#   scripts/instructions.sh --bless   measure and write that file
#
# Counts are of x86-64 and the pinned toolchain. A case runs twice, with N and 2N turns; the difference over N is the cost of one.
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v valgrind >/dev/null; then
  echo "instructions: skipped, valgrind is not installed"
  exit 0
fi
if [ "$(uname -m)" != x86_64 ]; then
  echo "instructions: skipped, the committed counts are of x86-64"
  exit 0
fi
tolerance=3
committed=benches/instructions.txt
binary=$(cargo build --release --bench instructions --message-format json 2>/dev/null |
  grep '"name":"instructions"' | sed -n 's/.*"executable":"\([^"]*\)".*/\1/p' | tail -1)

count() { # case turns
  valgrind --tool=callgrind --callgrind-out-file=/dev/null "$binary" "$1" "$2" 2>&1 | sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}

measured=$(mktemp)
trap 'rm -f "$measured"' EXIT
for case in $("$binary" list); do
  turns=20000
  case $case in *reference-r0) turns=1000 ;; esac
  one=$(count "$case" "$turns")
  two=$(count "$case" $((2 * turns)))
  echo "$case $(((two - one) / turns))" | tee -a "$measured"
done
if [ "${1:-}" = --bless ]; then
  cp "$measured" "$committed"
  exit 0
fi
awk -v tolerance=$tolerance '
  NR == FNR { old[$1] = $2; next }
  !($1 in old) { print "instructions: " $1 " is not in the committed file"; bad = 1; next }
  $2 > old[$1] * (1 + tolerance / 100) + 1 { print "instructions: " $1 " was " old[$1] ", is " $2; bad = 1 }
  $2 < old[$1] * (1 - tolerance / 100) - 1 { print "instructions: " $1 " fell from " old[$1] " to " $2 "; --bless keeps it" }
  END { exit bad }' "$committed" "$measured" && echo "instructions: none above the committed counts"
