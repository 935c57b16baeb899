"""The flagship's run on GPUs: what can be shown without one. The pack is whole or refused, and no CPU stands in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import PathDistribution
from pathlib import Path
from typing import Any

import pytest

import bench
import gpu_pack
import gpu_parity
from steps import SetupError

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "gpu_parity.py"


def _packed(folder: Path, part_size: int) -> tuple[Path, list[Path]]:
    source = folder / "source"
    source.mkdir()
    (source / "noise").write_bytes(os.urandom(50_000))
    (source / "text").write_text("text", encoding="utf-8")
    files = gpu_pack.write_pack(folder / "pack", gpu_pack.tree(source, "in/the/pack"), part_size)
    return folder / "pack", files


def test_parts_are_no_larger_than_asked_and_come_together_again(tmp_path: Path) -> None:
    pack, files = _packed(tmp_path, 9_000)
    assert len(files) >= 6 and max(file.stat().st_size for file in files) == 9_000
    for _ in range(2):  # what is unpacked already is left
        gpu_pack.unpack(pack, tmp_path / "there")
    there = tmp_path / "there" / "in" / "the" / "pack"
    assert (there / "noise").read_bytes() == (tmp_path / "source" / "noise").read_bytes()
    assert (there / "text").read_text() == "text"


def test_a_part_that_is_cut_or_missing_is_named(tmp_path: Path) -> None:
    pack, files = _packed(tmp_path, 9_000)
    files[1].write_bytes(files[1].read_bytes()[:-1])
    with pytest.raises(SetupError, match=f"{files[1].name} is missing or not whole"):
        gpu_pack.unpack(pack, tmp_path / "there")
    files[1].unlink()
    with pytest.raises(SetupError, match=f"{files[1].name} is missing or not whole"):
        gpu_pack.unpack(pack, tmp_path / "there")
    assert not (tmp_path / "there").exists()


def test_a_pack_for_another_python_is_refused(tmp_path: Path) -> None:
    pack, _ = _packed(tmp_path, 9_000)
    facts = json.loads((pack / gpu_pack.MANIFEST).read_text())
    (pack / gpu_pack.MANIFEST).write_text(json.dumps({**facts, "python": "2.7 on linux"}))
    with pytest.raises(SetupError, match=r"the pack is for Python 2\.7 on linux and this is"):
        gpu_pack.unpack(pack, tmp_path / "there")


def _installed(site: Path, name: str, *requires: str) -> PathDistribution:
    folder = site / f"{name}-1.0.dist-info"
    folder.mkdir(parents=True)
    lines = ["Metadata-Version: 2.1", f"Name: {name}", "Version: 1.0", *(f"Requires-Dist: {one}" for one in requires)]
    (folder / "METADATA").write_text("\n".join(lines) + "\n")
    (site / f"{name}.py").touch()
    (folder / "RECORD").write_text(f"{name}.py,,\n{name}-1.0.dist-info/METADATA,,\n../../../bin/{name},,\n")
    return PathDistribution(folder)


def test_what_is_needed_travels_and_what_the_machine_has_does_not(tmp_path: Path) -> None:
    _installed(tmp_path, "top", "torch", "part[extra]>=0", "nvidia-cuda-runtime", 'other; python_version < "3"')
    _installed(tmp_path, "part", 'deep; extra == "extra"', 'never; extra == "else"')
    for name in ("deep", "unasked"):
        _installed(tmp_path, name)
    assert set(gpu_pack.closure(tmp_path, ["top"])) == {"top", "part", "deep"}
    with pytest.raises(SetupError, match="lacks absent"):
        gpu_pack.closure(tmp_path, ["absent"])


def test_what_both_sides_have_alike_is_packed_once(tmp_path: Path) -> None:
    for side, own in (("spark", "jvm"), ("ray", "actors")):
        _installed(tmp_path / side, "both")
        _installed(tmp_path / side, own)
    sites = {side: tmp_path / side for side in ("spark", "ray")}
    packed = gpu_pack.packages(sites, {"spark": ["both", "jvm"], "ray": ["both", "actors"]})
    modules = sorted(name for _, name in packed if name.endswith(".py"))
    assert modules == ["site/common/both.py", "site/ray/actors.py", "site/spark/jvm.py"]


def test_the_machine_s_own_packages_are_told_from_the_meter() -> None:
    own = [
        name for name in ("torch", "triton", "nvidia-nccl-cu12", "cuda-bindings") if gpu_pack.OF_THE_MACHINE.match(name)
    ]
    assert own == ["torch", "triton", "nvidia-nccl-cu12", "cuda-bindings"]
    assert not any(gpu_pack.OF_THE_MACHINE.match(name) for name in ("nvidia-ml-py", "pyarrow"))


def test_without_a_gpu_it_says_so_and_fails(tmp_path: Path) -> None:
    """Where there is one, it is hidden: `nvidia-smi` is not on the path."""
    command = [sys.executable, str(SCRIPT), "run", "--work", str(tmp_path / "work")]
    done = subprocess.run(command, env={"PATH": str(tmp_path)}, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("gpu_parity: this machine shows no NVIDIA GPU")
    assert not (tmp_path / "work").exists()


def test_a_machine_without_the_pack_is_told_how_to_make_it(tmp_path: Path) -> None:
    command = [sys.executable, str(SCRIPT), "check", "--pack", str(tmp_path), "--work", str(tmp_path / "work")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, "make it with `gpu_parity.py pack`" in done.stderr) == (2, True)


def test_there_is_a_worker_for_each_gpu() -> None:
    spec = '[spark]\ncommand = ["{python}", "job.py", "--output", "{out}"]\nkeys = ["a"]\n'
    wanted = spec.replace('"{out}"]', '"{out}", "--workers", "3"]')
    assert gpu_parity.with_workers(spec, 3) == wanted


def test_the_page_names_the_machine_and_says_how_busy_its_gpus_were() -> None:
    def side(engine: str, gpu: float | None) -> dict[str, Any]:
        load = {"cores": 16, "averages": [0.5, 0.5, 0.5]}
        return {"engine": engine, "load": load, "mean_cpu": 50.0, "peak_rss": 10**9, "mean_gpu": gpu}

    speed = {"runs": 3, "median": 10.0, "low": 9.0, "high": 11.0}
    document = {
        "speed": {"spark": speed, "ray": speed},
        "phases": {"spark": {"training": 8.0}, "ray": {"training": 4.0}},
        "sides": [side("spark", 20.0), side("spark", 30.0), side("ray", 60.0)],
        "verdict": "equal",
        "environment": {"gpus": ["Model A", "Model A"]},
    }
    text = bench.page_section(document, 4000, "On GPUs")
    assert "on 2 workers" in text and "16 cores, 2 x Model A," in text
    assert "| training | 8.0 s | 4.0 s | 2.00 |" in text
    assert "GPUs busy on average, over the whole run: 25 % on Spark, 60 % on Ray." in text
    document |= {"environment": {"gpus": []}, "sides": [side("spark", None), side("ray", None)]}
    text = bench.page_section(document, 4000)
    assert "16 cores, no GPU," in text and "GPUs busy" not in text


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_both_engines_start_from_the_pack_alone(tmp_path: Path) -> None:
    """On an interpreter that has nothing, with no Java or Spark on its path; torch is what the machine brings."""
    subprocess.run([sys.executable, str(SCRIPT), "pack", "--output", str(tmp_path / "pack")], check=True)
    installed = gpu_parity.site_of(Path(sys.executable))
    (tmp_path / "torch").mkdir()
    for part in [*installed.glob("torch*"), *installed.glob("functorch*")]:
        (tmp_path / "torch" / part.name).symlink_to(part)
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in ("bash", "env", "dirname", "ps", "uname", "cat", "nohup", "ls", "tr", "rm"):
        found = next(path for path in (Path("/usr/bin") / tool, Path("/bin") / tool) if path.exists())
        (tools / tool).symlink_to(found)
    bare = Path(sys.base_prefix) / "bin" / f"python{sys.version_info[0]}.{sys.version_info[1]}"
    command = [str(bare), str(tmp_path / "pack" / "scripts" / "gpu_parity.py"), "check"]
    command += ["--work", str(tmp_path / "work"), "--torch", str(tmp_path / "torch")]
    environment = {"PATH": str(tools), "HOME": str(tmp_path), "LANG": "C.UTF-8"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "a variance of 2.0" in done.stdout and "a sum of 20" in done.stdout
