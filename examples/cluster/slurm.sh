#!/bin/sh
# A batch as a Slurm array, merged by a job that depends on it. Run it on the login node:
#
#   HANDOVER=/shared/bin/handover examples/cluster/slurm.sh SCENARIO REPLICATIONS SHARDS DIR [options of handover run]
#
# DIR is a folder all nodes see; the whole appears in DIR/whole. To run single shards again, for example 7 and 12:
#
#   ARRAY=7,12 examples/cluster/slurm.sh ... (the same words)
#
# With --resume a task that was requeued goes on from its last checkpoint, and one that was done only says so.
set -eu
: "${HANDOVER:=handover}"
scenario=$1 replications=$2 shards=$3 dir=$4
shift 4
mkdir -p "$dir/log"

array=$(sbatch --parsable --requeue --open-mode=append \
    --job-name=handover --array="${ARRAY:-1-$shards}" --cpus-per-task="${CPUS:-1}" --time="${TIME:-1:00:00}" \
    --output="$dir/log/%a.log" --signal=INT@30 <<SCRIPT
#!/bin/sh
# exec: the signal that Slurm sends thirty seconds before the time is up reaches the program, which saves and stops.
exec srun "$HANDOVER" run "$scenario" --replications "$replications" --shard "auto/$shards" --threads "${CPUS:-1}" \
    --out "$dir/shard-\$SLURM_ARRAY_TASK_ID" --resume $*
SCRIPT
)

# The shard numbers expand on the node: merge names every one that is missing.
merge=$(sbatch --parsable --job-name=handover-merge --dependency="afterok:$array" --kill-on-invalid-dep=yes \
    --output="$dir/log/merge.log" <<SCRIPT
#!/bin/sh
exec "$HANDOVER" merge "$dir"/shard-* --out "$dir/whole"
SCRIPT
)
echo "array $array, merge $merge; the whole will be in $dir/whole"
