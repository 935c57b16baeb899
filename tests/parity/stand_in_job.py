"""Stands in for an engine's job: writes what both sides of a parity run should agree on, or misbehaves as it is told.

Not a test, and no engine: a small real process that the runner's tests start.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path

# What a daemon does to get away: a session of its own, and a parent that is gone.
ORPHAN = "import subprocess, sys; subprocess.Popen([sys.executable, *sys.argv[1:]], start_new_session=True)"
SLEEP = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"


def write_table(
    out: Path, rows: int, *, parquet: bool, drop: int = 0, spoil: int | None = None, jitter: float = 0.0
) -> None:
    names = [f"photo-{number:04d}" for number in range(rows)][drop:]
    scores = [number / 7 for number in range(rows)][drop:]
    if spoil is not None:
        scores[spoil] += 0.5
    scores = [score + jitter * secrets.SystemRandom().uniform(0.5, 1) for score in scores]
    out.mkdir(parents=True)
    if parquet:
        import pyarrow as pa
        import pyarrow.parquet as pq

        pq.write_table(pa.table({"name": pa.array(names, pa.string()), "score": scores}), out / "part-0")
    else:
        lines = (json.dumps({"name": name, "score": score}) for name, score in zip(names, scores, strict=True))
        (out / "part-0").write_text("".join(f"{line}\n" for line in lines))


def write_metrics(out: Path, seed: int, shift: float) -> None:
    history = [{"epoch": epoch, "loss": 1 / (epoch + 1 + seed / 10)} for epoch in range(4)]
    accuracy = 0.8 + 0.01 * seed + shift
    (out / "metrics.json").write_text(json.dumps({"val_accuracy": accuracy, "history": history}))


def orphan(out: Path, *, environment: dict[str, str] | None = None) -> None:
    """Start a process that outlives this one, and note that there was one."""
    subprocess.run([sys.executable, "-c", ORPHAN, "-c", SLEEP, str(out)], check=True, env=environment)


def misbehave(fault: str, arguments: argparse.Namespace) -> None:
    if fault == "exit":
        print("there is no column of this name")
        sys.exit(7)
    elif fault == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif fault == "hang":
        print("waiting for resources")
        time.sleep(600)
    elif fault == "memory":
        resource.setrlimit(resource.RLIMIT_AS, (512 << 20, 512 << 20))
        bytearray(1 << 30)
    elif fault == "greed":
        bytearray(b"x") * (2 << 30)
    elif fault == "disk":
        with Path("/dev/full").open("w") as full:
            full.write("one row\n")
    elif fault == "inputs":
        Path(arguments.inputs, "rows.csv").write_text("1\n2\n3\n")
    elif fault == "daemon":
        orphan(arguments.out)
    elif fault == "naked daemon":
        orphan(arguments.out, environment={})
    elif fault == "children":
        for _ in range(2):
            subprocess.Popen([sys.executable, "-c", SLEEP, str(arguments.out)])
        time.sleep(600)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--inputs")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--parquet", action="store_true")
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--drop", type=int, default=0)
    parser.add_argument("--spoil", type=int)
    parser.add_argument("--jitter", type=float, default=0.0, help="noise of each run, at most this much")
    parser.add_argument("--shift", type=float, default=0.0)
    parser.add_argument("--nothing", action="store_true")
    parser.add_argument("--password")
    parser.add_argument("--show", nargs="*", default=())
    parser.add_argument("--fault", default="")
    arguments = parser.parse_args()
    for name in arguments.show:
        print(f"{name} is {os.environ.get(name)}")
    if arguments.password:
        print(f"connecting with {arguments.password}")
    misbehave(arguments.fault, arguments)
    if arguments.nothing:
        return
    table = arguments.out / "features"
    write_table(
        table,
        arguments.rows,
        parquet=arguments.parquet,
        drop=arguments.drop,
        spoil=arguments.spoil,
        jitter=arguments.jitter,
    )
    write_metrics(arguments.out, arguments.seed, arguments.shift)


if __name__ == "__main__":
    main()
