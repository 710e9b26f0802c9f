#!/usr/bin/env python3
"""`reference-r0` in Handover, by hand, and in other engines: the same means, and what a replication costs.

Installs pinned versions into an environment that it throws away, starts every contestant, lets them run in turns on one thread each,
checks that every named mean agrees with Handover's within four standard errors, and prints the table that the README shows.

    python3 benches/peers/run.py             # print
    python3 benches/peers/run.py --readme    # print, and put the table into the README

Needs Python 3.11 or newer, Rust, and the package registries of both.
"""

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from statistics import median

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BEGIN, END = "<!-- peers: begin -->", "<!-- peers: end -->"


def main():
    arguments = parse()
    with tempfile.TemporaryDirectory(prefix="handover-peers-") as folder:
        field = start(Path(folder))
        try:
            measure(field, arguments.rounds, arguments.turn)
        finally:
            for contestant in field:
                contestant.stop()
    is_same = check(field)
    table = render(field, arguments.rounds)
    print(table)
    if arguments.readme and is_same:
        into_readme(table)
    return 0 if is_same else 1


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=11, help="counted rounds (11)")
    parser.add_argument("--turn", type=float, default=0.5, help="CPU seconds of a turn (0.5)")
    parser.add_argument("--readme", action="store_true", help="put the table into README.md")
    return parser.parse_args()


class Contestant:
    """A process that runs replications on request."""

    def __init__(self, key, label, command):
        environment = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", NUMBA_NUM_THREADS="1")
        self.key, self.label, self.count, self.seconds = key, label, 1, []
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment)

    def turn(self):
        """CPU seconds of one turn."""
        self.process.stdin.write(f"{self.count}\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.label} stopped without an answer")
        answer = json.loads(line)
        self.outcomes = answer["outcomes"]
        return answer["cpu"]

    def calibrate(self, seconds):
        while (took := self.turn()) < seconds:
            wanted = int(self.count * seconds / max(took, 1e-6) * 1.1)
            self.count = min(max(wanted, self.count + 1), 16 * self.count)

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


def start(folder):
    python = install_python(folder / "python")
    ours = build("peers", ROOT, ["--bench", "peers"], None)
    ixa = build("peers", HERE / "rust", ["--locked"], ROOT / "target" / "peers")
    script = lambda name: [str(python), str(HERE / "python" / name)]
    versions = dict(line.split("==") for line in (HERE / "python" / "requirements.txt").read_text().split() if "==" in line)
    return [
        Contestant("handover", "**Handover**, scenario file, all statistics", [ours, "handover"]),
        Contestant("floor", "hand-written Rust loop, this model alone", [ours, "floor"]),
        Contestant("ahead", "hand-written Rust, no event list", [ours, "ahead"]),
        Contestant("plain", "plain Rust: `BinaryHeap`, `rand_distr`", [ours, "plain"]),
        Contestant("numba", f"Numba {versions['numba']}, one loop", script("with_numba.py")),
        Contestant("numpy", f"NumPy {versions['numpy']}, vectorised", script("with_numpy.py")),
        Contestant("ixa", "ixa 4.0.0 (Rust)", [ixa]),
        Contestant("simpy", f"SimPy {versions['simpy']}", script("with_simpy.py")),
    ]


def install_python(folder):
    say("installing the Python peers")
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    wanted = HERE / "python" / "requirements.txt"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", wanted], check=True)
    return python


def build(name, folder, options, target):
    """Builds for release and returns the path of one executable; cargo may tell of others besides."""
    say(f"building in {folder.relative_to(ROOT.parent)}")
    command = ["cargo", "build", "--quiet", "--release", "--message-format", "json", *options]
    environment = dict(os.environ) if target is None else dict(os.environ, CARGO_TARGET_DIR=str(target))
    done = subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return next(line["executable"] for line in lines if line.get("executable") and line["target"]["name"] == name)


def measure(field, rounds, seconds):
    say("warming up")
    for contestant in field:
        contestant.calibrate(seconds)
    for number in range(rounds):
        say(f"round {number + 1} of {rounds}")
        for contestant in field:
            contestant.seconds.append(contestant.turn() / contestant.count)


def check(field):
    """Whether every named mean agrees with the first contestant's within four standard errors."""
    ours, is_same, furthest = field[0].outcomes, True, 0.0
    for peer in field[1:]:
        for name, (mean, se) in peer.outcomes.items():
            if mean is None or ours[name][0] is None:
                is_same = False
                say(f"{peer.label}: {name} does not exist")
                continue
            z = (mean - ours[name][0]) / math.hypot(se, ours[name][1])
            furthest = max(furthest, abs(z))
            if abs(z) >= 4:
                is_same = False
                say(f"{peer.label}: {name} is {mean:.6g} against {ours[name][0]:.6g}, {z:.1f} standard errors")
    if is_same:
        say(f"every mean agrees; the furthest is {furthest:.1f} standard errors away")
    return is_same


def render(field, rounds):
    ours, floor = field[0], next(c for c in field if c.key == "floor")
    rows = [
        "| | microseconds a replication | Handover is faster by | speed over the loop |",
        "|---|---|---|---|",
    ]
    for c in field:
        cost = spread([1e6 * s for s in c.seconds])
        faster = "" if c is ours else spread([a / b for a, b in zip(c.seconds, ours.seconds)])
        speed = median(a / b for a, b in zip(floor.seconds, c.seconds))
        rows.append(f"| {c.label} | {cost} | {faster} | {speed:.2g} |")
    rows.append("")
    rows.append(f"CPU time of one thread, in turns after a warm-up; median (range) of {rounds} rounds. All means agree within four standard errors.")
    return "\n".join(rows)


def spread(figures):
    form = lambda x: f"{x:,.0f}" if x >= 100 else f"{x:.3g}"
    return f"{form(median(figures))} ({form(min(figures))} to {form(max(figures))})"


def into_readme(table):
    path = ROOT / "README.md"
    text = path.read_text()
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        raise SystemExit("README.md does not say where the table goes")
    head, rest = text.split(BEGIN)
    _, tail = rest.split(END)
    path.write_text(f"{head}{BEGIN}\n{table}\n{END}{tail}")


def say(what):
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
