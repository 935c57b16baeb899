"""The pack of `gpu_parity.py`: all that a bare machine with Python and torch lacks, in one archive cut into parts."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
import shutil
import sys
import sysconfig
import tarfile
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any, BinaryIO

from steps import SetupError

MANIFEST = "pack.json"
NAME = "gpu_parity.tar.gz"
MEGABYTE = 2**20
OF_THE_MACHINE = re.compile(r"(torch|triton|functorch|(nvidia|cuda)-(?!ml-py$).*)$")
"""Distributions that the machine with the GPU has itself, built for its driver."""
LEFT_OUT = re.compile(
    r"pyspark/(examples|licenses|data|R|python/pyspark/)"
    r"|pyspark/jars/(rocksdbjni|mesos|kubernetes|spark-(mesos|kubernetes|yarn|hive_|hive-thriftserver)|hive-(?!storage)"
    r"|datanucleus|derby|okhttp)"
    r"|[^/]*\.pth$|.*/__pycache__/|.*\.pyi$|(pyarrow|numpy|pandas)/.*/?tests/"
)
"""Files that no job of the flagship's kind opens: other cluster managers, Hive, streaming's store, tests."""


class Parts(io.RawIOBase):
    """Writes one stream into files of at most ``size`` bytes each."""

    def __init__(self, folder: Path, size: int) -> None:
        self.folder, self.size, self.files = folder, size, list[Path]()
        self._open: BinaryIO | None = None
        self._left = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        view = memoryview(data)
        while view:
            if self._left == 0:
                self._next()
            assert self._open is not None
            piece = view[: self._left]
            self._open.write(piece)
            self._left -= len(piece)
            view = view[len(piece) :]
        return len(data)

    def _next(self) -> None:
        self._end()
        self.files.append(self.folder / f"{NAME}.{len(self.files):03d}")
        self._open, self._left = self.files[-1].open("wb"), self.size

    def _end(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None

    def close(self) -> None:
        self._end()
        super().close()


def write_pack(folder: Path, contents: Iterable[tuple[Path, str]], part_size: int) -> list[Path]:
    """Write files, each with its name in the pack, as parts of at most ``part_size`` bytes, and their manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob(f"{NAME}.*"):
        stale.unlink()
    with Parts(folder, part_size) as parts:
        with (
            gzip.GzipFile(fileobj=parts, mode="wb", compresslevel=4, mtime=0) as stream,
            tarfile.open(mode="w|", fileobj=stream) as archive,
        ):
            for file, name in contents:
                archive.add(file, name, recursive=False)
        files = parts.files
    facts = {"python": python_tag(), "parts": {file.name: _sha256(file) for file in files}}
    (folder / MANIFEST).write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    return files


def unpack(pack: Path, target: Path) -> None:
    """Unpack into ``target``, after every part has been found whole. SetupError where one is not, or does not fit."""
    if not (pack / MANIFEST).is_file():
        raise SetupError(f"{pack} holds no {MANIFEST}; make it with `gpu_parity.py pack` and bring the whole folder")
    facts = json.loads((pack / MANIFEST).read_text(encoding="utf-8"))
    if facts["python"] != python_tag():
        raise SetupError(f"the pack is for Python {facts['python']} and this is {python_tag()}; pack it with that one")
    for name, wanted in facts["parts"].items():
        if not (pack / name).is_file() or _sha256(pack / name) != wanted:
            raise SetupError(f"the part {pack / name} is missing or not whole; copy it anew")
    stamp, stamped = target / "unpacked", json.dumps(facts["parts"])
    if stamp.is_file() and stamp.read_text() == stamped:
        return
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    with tarfile.open(mode="r|gz", fileobj=_Joined([pack / name for name in facts["parts"]])) as archive:
        archive.extractall(target, filter="data")
    stamp.write_text(stamped)


class _Joined(io.RawIOBase):
    """Reads files one after another as one stream."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._files = iter(files)
        self._open: BinaryIO = io.BytesIO()

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while not (data := self._open.read(size)):
            file = next(self._files, None)
            if file is None:
                return b""
            self._open.close()
            self._open = file.open("rb")
        return data


def python_tag() -> str:
    """What compiled packages are made for."""
    return f"{sys.version_info[0]}.{sys.version_info[1]} on {sysconfig.get_platform()}"


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def packages(sites: dict[str, Path], roots: dict[str, list[str]]) -> Iterator[tuple[Path, str]]:
    """The files of what each side's roots need, below ``site/<side>``; what all have alike, in ``site/common``."""
    needed = {side: closure(sites[side], roots[side]) for side in sites}
    for side, found in needed.items():
        for name, distribution in found.items():
            same = [name in other and other[name].version == distribution.version for other in needed.values()]
            if all(same) and side != next(iter(sites)):
                continue
            yield from _files(distribution, f"site/{'common' if all(same) else side}")


def closure(site: Path, roots: Iterable[str]) -> dict[str, Distribution]:
    """The installed distributions that the roots lead to, by name, without those that the machine has itself."""
    from packaging.requirements import Requirement  # not on the bare machine before it has unpacked

    known = {_plain(one.metadata["Name"]): one for one in distributions(path=[str(site)])}
    waiting, seen, found = [Requirement(root) for root in roots], set[str](), dict[str, Distribution]()
    while waiting:
        wanted = waiting.pop()
        name = _plain(wanted.name)
        if OF_THE_MACHINE.match(name) or str(wanted) in seen:
            continue
        seen.add(str(wanted))
        if name not in known:
            raise SetupError(f"{site} lacks {name}; run `make env`")
        found[name] = known[name]
        for need in map(Requirement, known[name].requires or ()):
            extras = [{"extra": extra} for extra in (*wanted.extras, "")]
            if need.marker is None or any(need.marker.evaluate(extra) for extra in extras):
                waiting.append(need)
    return found


def _files(distribution: Distribution, folder: str) -> Iterator[tuple[Path, str]]:
    for file in distribution.files or ():
        path = Path(str(distribution.locate_file(file)))
        if not str(file).startswith("..") and not LEFT_OUT.match(str(file)) and path.is_file():
            yield path, f"{folder}/{file}"


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def roots(project: Path, side: str) -> list[str]:
    """What one environment is asked to hold: its list of requirements, the toolkit with Ray, what builds with Spark."""
    text = (project / "requirements" / f"{side}.in").read_text(encoding="utf-8")
    asked = [
        line for line in (line.partition(" #")[0].strip() for line in text.splitlines()) if line and line[0] != "#"
    ]
    return [*asked, "spark-to-ray-migrate"] if side == "ray" else [*asked, "pip"]


def tree(folder: Path, name: str) -> Iterator[tuple[Path, str]]:
    """All files below a folder, under another name."""
    for file in sorted(folder.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            yield file, f"{name}/{file.relative_to(folder)}"
