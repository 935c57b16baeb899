"""Times the flagship job on Spark against what the toolkit makes of it on Ray, and writes docs/benchmarks.md."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmark_page import write_section
from demo import JOB, ROOT, SAMPLE, python_of

PHASES = {
    "start-up": "start-up",
    "etl": "ETL",
    "preprocessing": "preprocessing",
    "training": "training",
    "other": "between and after",
}
MARK = "2.6 times faster (11 h to 4.2 h on 8 V100 GPUs), GPU utilisation from 38 % to 71 %"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--images", type=int, default=4000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "bench")
    options = parser.parse_args()
    folder = options.folder.resolve()
    inputs, job, result = folder / f"photos-{options.images}", folder / "job", folder / "result.json"
    if not inputs.is_dir():
        making = inputs.with_name(f".{inputs.name}")
        shutil.rmtree(making, ignore_errors=True)
        call(SAMPLE / "make_inputs.py", "--output", making, "--images", options.images, "--seed", 7)
        making.rename(inputs)
    shutil.rmtree(job, ignore_errors=True)
    shutil.copytree(SAMPLE, job, ignore=shutil.ignore_patterns("__pycache__", "*_ray"))
    call("-m", "migrate", "rewrite", job / JOB)
    spec = job / f"{JOB.removesuffix('.py')}_ray" / "parity.toml"
    spec.write_text(without_training(spec.read_text(encoding="utf-8")), encoding="utf-8")
    (folder / "runs").mkdir(exist_ok=True)
    call(
        *("-m", "migrate", "parity", spec, "--inputs", inputs, "--repeat", options.repeat, "--timeout", 1800),
        *("--spark-python", python_of("spark"), "--ray-python", python_of("ray")),
        *("--format", "json", "--output", result, "--run-dir", folder / "runs" / time.strftime("%Y%m%d-%H%M%S")),
        may_fail=True,
    )
    document = json.loads(result.read_text(encoding="utf-8"))
    if document["failure"] is not None:
        sys.exit(f"The benchmark could not be run: {document['failure']['sentence']}")
    section = page_section(document, options.images)
    print(section)
    write_section("flagship", section)
    return int(document["exit_code"])


def without_training(spec: str) -> str:
    """The spec with one seed and no comparison over seeds: repeats take their place."""
    head, _, tail = spec.partition("[training]")
    _, gates, rest = tail.partition("[gates]")
    return head.replace("{seed}", "0") + gates + rest


def call(*words: object, may_fail: bool = False) -> None:
    """Run this interpreter with those words; anything but success ends the benchmark unless ``may_fail``."""
    code = subprocess.run([sys.executable, *map(str, words)], check=False).returncode
    if code and not may_fail:
        sys.exit(f"The benchmark stops here: {words[0]} ended with exit {code}.")


def page_section(
    document: dict[str, Any],
    images: int,
    title: str = "The flagship: Spark + MLlib + Horovod in barrier mode against Ray Data + Ray Train",
) -> str:
    """The measured figures as Markdown."""
    speed, sides = document["speed"], document["sides"]
    loads = [side["load"] for side in sides]
    lines = [
        f"## {title}",
        "",
        f"{images:,} photos of 320x240, 3 epochs on {workers(document)}, whole processes, "
        f"{speed['spark']['runs']} runs of each side in turn, medians. {machine(document, loads)} "
        f"Verdict of the comparison: **{document['verdict']}**.",
        "",
        "| | Spark | Ray | Spark / Ray |",
        "|---|---|---|---|",
        row("whole run", speed["spark"]["median"], speed["ray"]["median"], bold=True),
    ]
    phases = document["phases"]
    lines += [
        row(words, phases["spark"].get(name, 0.0), phases["ray"].get(name, 0.0)) for name, words in PHASES.items()
    ]
    spark, ray = speed["spark"], speed["ray"]
    lines += [
        "",
        f"Spread: Spark {spark['low']:.1f} to {spark['high']:.1f} s, Ray {ray['low']:.1f} to {ray['high']:.1f} s. "
        f"CPU in use on average: {utilisation(sides, 'spark')} on Spark, {utilisation(sides, 'ray')} on Ray; "
        f"peak memory {memory(sides, 'spark')} against {memory(sides, 'ray')}.{gpu_utilisation(document)}",
        "",
        f"The mark is a published move of such a job: {MARK}.",
        "",
    ]
    return "\n".join(lines)


def row(name: str, spark: float, ray: float, bold: bool = False) -> str:
    """One line of the table, seconds."""
    ratio = f"{spark / ray:.2f}" if ray >= 0.05 else "-"
    cells = [name, f"{spark:.1f} s", f"{ray:.1f} s", ratio]
    return "| " + " | ".join(f"**{cell}**" if bold else cell for cell in cells) + " |"


def machine(document: dict[str, Any], loads: list[dict[str, Any]]) -> str:
    """Cores, versions and the load that was there before each run."""
    before = [load["averages"][0] for load in loads]
    cores = loads[0]["cores"]
    load = f", load average before the runs {min(before):.1f} to {max(before):.1f}"
    return f"{cores} cores, {gpus(document)}{load}, {time.strftime('%B %Y')}."


def workers(document: dict[str, Any]) -> str:
    """One for each GPU; without any as many as the job takes by default."""
    number = len(document["environment"]["gpus"]) or 2
    return f"{number} worker{'' if number == 1 else 's'}"


def gpus(document: dict[str, Any]) -> str:
    """The GPUs by name, each name once."""
    names = document["environment"]["gpus"]
    return ", ".join(f"{names.count(name)} x {name}" for name in sorted(set(names))) or "no GPU"


def gpu_utilisation(document: dict[str, Any]) -> str:
    """How busy the GPUs were, empty where there are none."""
    means = {
        engine: [side["mean_gpu"] for side in document["sides"] if side["engine"] == engine and side["mean_gpu"]]
        for engine in ("spark", "ray")
    }
    if not all(means.values()):
        return ""
    spark, ray = (f"{sum(values) / len(values):.0f} %" for values in means.values())
    return f" GPUs busy on average, over the whole run: {spark} on Spark, {ray} on Ray."


def utilisation(sides: list[dict[str, Any]], engine: str) -> str:
    values = [side["mean_cpu"] for side in sides if side["engine"] == engine and side["mean_cpu"] is not None]
    return f"{sum(values) / len(values):.0f} %" if values else "unknown"


def memory(sides: list[dict[str, Any]], engine: str) -> str:
    values = [side["peak_rss"] for side in sides if side["engine"] == engine and side["peak_rss"]]
    return f"{max(values) / 1e9:.1f} GB" if values else "unknown"


if __name__ == "__main__":
    sys.exit(main())
