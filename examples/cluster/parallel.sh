#!/bin/sh
# A batch over the cores of one machine, or of several with GNU parallel's --sshlogin.
#
#   examples/cluster/parallel.sh SCENARIO REPLICATIONS SHARDS DIR [options of parallel]
#
# Run it again after a break: --resume-failed starts only what is not done, and `run --resume` goes on where a shard stopped.
set -eu
: "${HANDOVER:=handover}"
scenario=$1 replications=$2 shards=$3 dir=$4
shift 4
mkdir -p "$dir"
seq "$shards" | parallel --joblog "$dir/jobs" --resume-failed "$@" \
    "$HANDOVER" run "$scenario" --replications "$replications" --shard "{}/$shards" --threads 1 \
    --out "$dir/shard-{}" --resume --quiet '>' /dev/null
"$HANDOVER" merge "$dir"/shard-* --out "$dir/whole"
