#!/usr/bin/env bash
# Runs examples/cluster/slurm.sh on a throw-away Slurm of one node, and compares the merge with a run of the whole.
# Needs root and Debian's packages: apt-get install --no-install-recommends slurmctld slurmd slurm-client munge
# Usage: scripts/slurm.sh [path of the program]
set -euo pipefail
cd "$(dirname "$0")/.."
handover=$(realpath "${1:-target/release/handover}")
work=$(mktemp -d)
node=$(hostname -s)
pids=()
cleanup() {
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    rm -rf "$work"
}
trap cleanup EXIT

mkdir -p "$work"/{munge,state,spool,results}
chmod 755 "$work"
chown munge "$work/munge"
dd if=/dev/urandom of="$work/munge/key" bs=128 count=1 status=none
chown munge "$work/munge/key"
chmod 600 "$work/munge/key"
runuser -u munge -- /usr/sbin/munged --foreground --force --key-file="$work/munge/key" --socket="$work/munge/socket" \
    --pid-file="$work/munge/pid" --seed-file="$work/munge/seed" --log-file="$work/munge/log" 2> "$work/munge.log" &
pids+=($!)

cat > "$work/slurm.conf" <<CONF
ClusterName=throwaway
SlurmctldHost=$node(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$work/munge/socket
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SchedulerType=sched/backfill
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldPort=16817
SlurmdPort=16818
ReturnToService=2
SlurmctldParameters=enable_configless
NodeName=$node NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=$node Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF="$work/slurm.conf"
sleep 1
slurmctld -D > "$work/slurmctld.log" 2>&1 &
pids+=($!)
slurmd -D -N "$node" > "$work/slurmd.log" 2>&1 &
pids+=($!)
for _ in $(seq 30); do
    sinfo --noheader --format=%T 2>/dev/null | grep -q idle && break
    sleep 1
done
sinfo --version
sinfo || { cat "$work/slurmctld.log" "$work/slurmd.log"; exit 1; }

scenario=$PWD/scenarios/reference-r0.toml
HANDOVER=$handover examples/cluster/slurm.sh "$scenario" 100000 8 "$work/results" --rows csv
for _ in $(seq 120); do
    [ -d "$work/results/whole" ] && break
    [ -z "$(squeue --noheader)" ] && break
    sleep 1
done
"$handover" run "$scenario" --replications 100000 --rows csv --out "$work/one" --quiet > /dev/null
head -3 "$work"/results/log/1.log
for file in summary.json trajectories.json statistics.bin rows.csv; do
    cmp "$work/one/$file" "$work/results/whole/$file" && echo "$file: the same bytes"
done

# One shard lost: the merge names it, and running it alone mends it.
rm -rf "$work/results/shard-7" "$work/results/whole"
! "$handover" merge "$work"/results/shard-* --out "$work/results/whole"
ARRAY=7 HANDOVER=$handover examples/cluster/slurm.sh "$scenario" 100000 8 "$work/results" --rows csv
for _ in $(seq 60); do
    [ -d "$work/results/whole" ] && break
    sleep 1
done
cmp "$work/one/summary.json" "$work/results/whole/summary.json" && echo "mended: the same bytes"
