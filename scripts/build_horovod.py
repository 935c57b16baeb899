#!/usr/bin/env python3
"""Build Horovod's wheel (Gloo and PyTorch) for one interpreter, once, and keep it in a cache outside the checkout."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path
from typing import BinaryIO

from steps import MakeProgress, SetupError, exclusive, run_logged

VERSION = "0.28.1"
# (file, text of the release, text that builds)
PATCHES = (
    # The headers of torch 2.13 need C++20; the release asks for less, for Gloo too.
    ("CMakeLists.txt", "set(CMAKE_CXX_STANDARD 14)", "set(CMAKE_CXX_STANDARD 20)"),
    ("CMakeLists.txt", "set(CMAKE_CXX_STANDARD 17)", "set(CMAKE_CXX_STANDARD 20)"),
    ("horovod/torch/CMakeLists.txt", "set(CMAKE_CXX_STANDARD 14)", "set(CMAKE_CXX_STANDARD 20)"),
    # The release takes the folder's name for a pattern: below a folder with a + in its name the library gets lost.
    (
        "cmake/Utilities.cmake",
        'string(REGEX REPLACE "${PROJECT_SOURCE_DIR}(/)?" "" SUB_FOLDER "${CMAKE_CURRENT_SOURCE_DIR}")',
        'file(RELATIVE_PATH SUB_FOLDER "${PROJECT_SOURCE_DIR}" "${CMAKE_CURRENT_SOURCE_DIR}")',
    ),
)
# Where the caller's environment asks for CUDA: the release asks nvcc for a C++ that newest ones no longer compile.
CUDA_PATCHES = (
    ("horovod/common/ops/cuda/CMakeLists.txt", "set(CMAKE_CUDA_STANDARD 11)", "set(CMAKE_CUDA_STANDARD 17)"),
)
FEATURES = {
    "HOROVOD_WITH_PYTORCH": "1",
    "HOROVOD_WITHOUT_TENSORFLOW": "1",
    "HOROVOD_WITHOUT_MXNET": "1",
    "HOROVOD_WITH_GLOO": "1",
    "HOROVOD_WITHOUT_MPI": "1",
}
# What Horovod's setup.py imports or asks for; kept apart from the environment that the wheel is built for.
BUILD_TOOLS = ("setuptools<81", "wheel", "packaging", "cffi>=1.4", "cloudpickle", "psutil", "pyyaml")
CMAKE_FROM_PYPI = "cmake>=3.25,<4"
OLDEST_CMAKE = (3, 13)
BYTES_PER_COMPILER = 1_500_000_000  # peak memory of one translation unit with torch's headers
CXX20_PROBE = (
    "#include <concepts>\ntemplate <std::integral T> T same(T x) { return x; }\nint main() { return same(0); }\n"
)
VERIFY = """
import torch
import horovod.torch as hvd
assert hvd.gloo_built(), "Horovod was built without Gloo"
hvd.init()
assert hvd.size() == 1 and hvd.allreduce(torch.ones(3), op=hvd.Sum).tolist() == [1.0, 1.0, 1.0]
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--python", type=Path, default=Path(sys.executable), help="interpreter that has torch (default: this one)"
    )
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        print(wheel_for(arguments.python))
    except SetupError as error:
        print(f"build_horovod: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("build_horovod: interrupted, nothing was kept.", file=sys.stderr)
        return 130
    return 0


def wheel_for(python: Path) -> Path:
    """The wheel for that interpreter and its torch: from the cache, or built now (minutes)."""
    folder = _cache_folder(python)
    folder.mkdir(parents=True, exist_ok=True)
    with exclusive(folder / "lock"):
        found = cached_wheel(python)
        if found is not None:
            return found
        problems = missing_tools(python)
        if problems:
            raise SetupError("cannot build Horovod: " + "; ".join(problems) + ".")
        return _build(python, folder)


def cached_wheel(python: Path) -> Path | None:
    """The wheel that an earlier run built for that interpreter and its torch, if any."""
    return next(iter(sorted(_cache_folder(python).glob("horovod-*.whl"))), None)


def cache_root() -> Path:
    """Where built wheels are kept across checkouts."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "spark-to-ray-migrate"


def missing_tools(python: Path) -> list[str]:
    """What a build would lack on this machine, each with how to get it. CMake is no part of it: PyPI has one."""
    problems = []
    compiler = cxx_compiler()
    if compiler is None:
        problems.append("there is no C++ compiler (install g++ 10 or newer, or name one in CXX)")
    elif not _speaks_cxx20(compiler):
        problems.append(f"{compiler} does not compile C++20 (install g++ 10 or newer, or name another compiler in CXX)")
    if shutil.which("make") is None:
        problems.append("there is no make (install it with the compiler)")
    include = _ask(python, "import sysconfig; print(sysconfig.get_path('include'))")
    if not (Path(include) / "Python.h").exists():
        problems.append(f"Python's C headers are missing from {include} (install python3-dev)")
    return problems


def cxx_compiler() -> str | None:
    """The C++ compiler that CMake would take."""
    named = os.environ.get("CXX")
    return shutil.which(named) if named else next(filter(None, map(shutil.which, ("c++", "g++", "clang++"))), None)


def _speaks_cxx20(compiler: str) -> bool:
    command = [compiler, "-std=c++20", "-fsyntax-only", "-x", "c++", "-"]
    return subprocess.run(command, input=CXX20_PROBE, capture_output=True, text=True).returncode == 0


def _cache_folder(python: Path) -> Path:
    """One folder per wheel that could differ: versions, interpreter, platform, C library, patches, features."""
    facts = _ask(
        python,
        "import sys, sysconfig, torch\n"
        "print(torch.__version__, sys.implementation.cache_tag, sysconfig.get_platform())",
    )
    recipe = json.dumps([_patches(), _features(), *platform.libc_ver()]).encode()
    name = "-".join([f"horovod-{VERSION}", *facts.split(), hashlib.sha256(recipe).hexdigest()[:8]])
    return cache_root() / name


def _features() -> dict[str, str]:
    """What is built: the CPU's part, and what the caller's environment asks for of the GPU's."""
    return FEATURES | _asked_of_gpus()


def _patches() -> tuple[tuple[str, str, str], ...]:
    return (*PATCHES, *CUDA_PATCHES) if _asked_of_gpus() else PATCHES


def _asked_of_gpus() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith("HOROVOD_GPU")}


def _ask(python: Path, program: str) -> str:
    answer = subprocess.run([str(python), "-c", program], capture_output=True, text=True)
    if answer.returncode != 0:
        reason = (answer.stderr.strip().splitlines() or ["no message"])[-1]
        raise SetupError(f"{python} cannot say what to build for ({reason}); does it have torch?")
    return answer.stdout.strip()


def _build(python: Path, folder: Path) -> Path:
    for stale in folder.glob("build-*"):  # the lock is ours, so these are what killed builds left behind
        shutil.rmtree(stale, ignore_errors=True)  # a compiler of theirs may still write; the next build sweeps again
    log = folder / "build.log"
    began = time.monotonic()
    print(f"Building Horovod {VERSION} (about 4 minutes on 2 cores; log: {log})", flush=True)
    with tempfile.TemporaryDirectory(prefix="build-", dir=folder) as scratch, log.open("wb") as output:
        work = Path(scratch)
        environment = _build_environment(python, work, output)
        source = _patched_source(python, work, environment, output)
        command = [
            "wheel",
            "--verbose",
            "--no-cache-dir",
            "--no-deps",
            "--no-build-isolation",
            f"--wheel-dir={work / 'wheel'}",
            str(source),
        ]
        run_logged([str(python), "-m", "pip", *command], output, environment, on_line=MakeProgress())
        (built,) = (work / "wheel").glob("horovod-*.whl")
        _verify(python, built, work, environment, output)
        # Moved into place only when it is whole and works: a killed build leaves no wheel behind.
        wheel = built.replace(folder / built.name)
    print(f"Built and checked {wheel.name} in {time.monotonic() - began:.0f} s", flush=True)
    return wheel


def _build_environment(python: Path, work: Path, log: BinaryIO) -> dict[str, str]:
    """Install the build tools into a folder of their own and return the variables of the build."""
    tools = work / "tools"
    packages = list(BUILD_TOOLS) + ([] if _system_cmake_will_do() else [CMAKE_FROM_PYPI])
    run_logged([str(python), "-m", "pip", "install", "--target", str(tools), *packages], log, dict(os.environ))
    paths = [str(folder) for folder in (tools / "cmake/data/bin",) if folder.exists()]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    jobs = max(1, min(os.cpu_count() or 1, memory // BYTES_PER_COMPILER))
    return {
        **os.environ,
        **_features(),
        "PYTHONPATH": str(tools),
        "PATH": os.pathsep.join([*paths, os.environ.get("PATH", os.defpath)]),
        "MAKEFLAGS": f"-j{jobs}",  # setup.py asks for 8 compilers at once otherwise, whatever the memory
        "CMAKE_POLICY_VERSION_MINIMUM": "3.5",  # Gloo's files name CMake 2.8, which CMake 4 refuses
    }


def _system_cmake_will_do() -> bool:
    if shutil.which("cmake") is None:
        return False
    said = subprocess.run(["cmake", "--version"], capture_output=True, text=True).stdout
    version = re.search(r"version (\d+)\.(\d+)", said)
    return version is not None and (int(version[1]), int(version[2])) >= OLDEST_CMAKE


def _patched_source(python: Path, work: Path, environment: dict[str, str], log: BinaryIO) -> Path:
    download = ["download", "--no-deps", "--no-binary", ":all:", "--no-build-isolation", "--dest", str(work / "sdist")]
    run_logged([str(python), "-m", "pip", *download, f"horovod=={VERSION}"], log, environment)
    (archive,) = (work / "sdist").glob(f"horovod-{VERSION}.tar.gz")
    with tarfile.open(archive) as package:
        package.extractall(work / "source")
    source = work / "source" / f"horovod-{VERSION}"
    patch(source, _patches())
    return source


def patch(source: Path, patches: tuple[tuple[str, str, str], ...] = PATCHES) -> None:
    """Change what does not build in the unpacked release. Raises SetupError where it is not as expected."""
    for name, released, wanted in patches:
        file = source / name
        text = file.read_text()
        if text.count(released) != 1:
            raise SetupError(f"horovod {VERSION} is not as expected: {name} should say {released!r} once")
        file.write_text(text.replace(released, wanted))


def _verify(python: Path, wheel: Path, work: Path, environment: dict[str, str], log: BinaryIO) -> None:
    """Import the built wheel from a folder of its own and reduce a tensor in one process."""
    trial = work / "trial"
    run_logged([str(python), "-m", "pip", "install", "--no-deps", "--target", str(trial), str(wheel)], log, environment)
    paths = os.pathsep.join([str(trial), environment["PYTHONPATH"]])
    run_logged([str(python), "-c", VERIFY], log, {**environment, "PYTHONPATH": paths})


if __name__ == "__main__":
    sys.exit(main())
