"""Nothing of what is analysed runs or is imported: every place from which Python or a tool would run code is a trap."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

JOB = """\
from pyspark.sql import SparkSession, functions as F
import helpers

spark = SparkSession.builder.getOrCreate()
helpers.load(spark).withColumn("b", F.udf(lambda x: x)("a")).write.parquet("out")
"""
SHADOWED = ("json", "ast", "re", "random", "tokenize", "dataclasses", "click", "rich", "jinja2", "sqlglot", "ruff")
"""Modules that the toolkit itself imports; what ``python -m`` imports before it reaches any toolkit is beyond it."""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A job among files that each leave a mark in ``ran`` when they are executed or imported."""
    folder, ran = tmp_path / "repository", tmp_path / "ran"
    ran.mkdir()

    def plant(name: str, text: str = "") -> None:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        mark = ran / name.replace("/", "_")
        file.write_text(f"open({str(mark)!r}, 'w').close()\n{text}")

    plant("job.py", JOB)
    plant("helpers.py", "def load(spark):\n    return spark.read.parquet('in')\n")
    for name in ("__init__", "__main__", "setup", "conftest", "sitecustomize", "usercustomize", "noxfile", "tasks"):
        plant(f"{name}.py", "# pyspark\n")
    for name in SHADOWED:
        plant(f"{name}.py", "# pyspark\n")
        plant(f"package/{name}/__init__.py", "# pyspark\n")
    plant("package/__init__.py", "# pyspark\n")
    plant("build_backend.py", "def build_wheel(*_): ...\n")
    (folder / "hook.pth").write_text(f"import os; open({str(ran / 'pth')!r}, 'w').close()\n")
    (folder / "pyproject.toml").write_text(
        "[build-system]\nrequires = []\nbuild-backend = 'build_backend'\nbackend-path = ['.']\n"
        "[tool.ruff]\nextend = './other.toml'\n"
    )
    (folder / "other.toml").write_text("")
    cells = [f"!touch {ran}/shell", f"%%bash\ntouch {ran}/cell", f"%run -i {folder}/job.py", f"%sx touch {ran}/sx", JOB]
    notebook = {"cells": [{"cell_type": "code", "source": f"open({str(ran / 'notebook')!r}, 'w')\n"}]}
    notebook["cells"] += [{"cell_type": "code", "source": cell} for cell in cells]
    (folder / "job.ipynb").write_text(json.dumps(notebook))
    return folder


def _ran(repository: Path) -> list[str]:
    return sorted(mark.name for mark in (repository.parent / "ran").iterdir())


def _migrate(checkout: Path, cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(checkout), "XDG_CACHE_HOME": str(cwd.parent / "cache")}
    command = [sys.executable, "-m", "migrate", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.parametrize("form", ["text", "json", "sarif", "html", "markdown"])
def test_analyze_from_inside_the_repository(form: str, repository: Path, checkout: Path) -> None:
    for paths in ([".", "package"], ["job.py", "job.ipynb"]):
        done = _migrate(checkout, repository, "analyze", *paths, "--format", form, "--jobs", "2")
        assert (done.returncode, done.stderr) == (0, "")
        assert "job.py" in done.stdout and "job.ipynb" in done.stdout
    assert _ran(repository) == []


def test_rewrite_from_inside_the_repository(repository: Path, checkout: Path) -> None:
    done = _migrate(checkout, repository, "rewrite", "job.py", "--everything")
    assert done.returncode in (0, 1), done.stderr
    assert (repository / "job_ray" / "job_ray.py").exists()
    assert _ran(repository) == []


def test_the_traps_work(repository: Path) -> None:
    """What is planted does leave its mark when it runs."""
    code = "import json, package.ast, setup, conftest, helpers, sitecustomize"
    subprocess.run([sys.executable, "-S", "-c", code], cwd=repository, check=True)
    assert len(_ran(repository)) == 7
