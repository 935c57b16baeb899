"""The wheel, as somebody gets it: built, installed into an empty environment, used far from the checkout."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from build_horovod import cache_root

JOB = """
from pyspark.sql import SparkSession
from pyspark.sql.functions import udf

spark = SparkSession.builder.getOrCreate()
shout = udf(lambda text: text.upper())
spark.read.parquet("in").withColumn("loud", shout("text")).write.parquet("out")
"""


def run(*command: str | Path, cwd: Path) -> str:
    # Without PYTHONPATH and its kin, or the checkout could stand in for what the wheel lacks.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    answer = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=environment, capture_output=True, text=True, timeout=500
    )
    assert answer.returncode == 0, f"{command}\n{answer.stdout[-2000:]}\n{answer.stderr[-2000:]}"
    return answer.stdout


@pytest.fixture(scope="module")
def wheel(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the source package, so that a file which that lacks is missing here too."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, checkout, cwd=folder)
    (found,) = folder.glob("spark_to_ray_migrate-*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` folder of an environment that holds the wheel, its dependencies, and nothing else."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv/bin/python"
    pins = checkout / "requirements/ray.txt"
    # Fetched once and kept beside the built wheels, so that the next run needs no network.
    inputs = pins.read_bytes() + (checkout / "pyproject.toml").read_bytes() + sys.version.encode()
    house = cache_root() / f"wheelhouse-{hashlib.sha256(inputs).hexdigest()[:12]}"
    if not (house / "complete").exists():
        run(python, "-m", "pip", "download", "--dest", house, "--constraint", pins, wheel, cwd=folder)
        (house / wheel.name).unlink(missing_ok=True)  # this checkout's own wheel is not one to keep
        (house / "complete").touch()
    run(python, "-m", "pip", "install", "--no-index", "--find-links", house, wheel, cwd=folder)
    return python.parent


def test_it_holds_what_it_needs_and_no_more(wheel: Path, checkout: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    code = {f"migrate/{path}" for path in _files(checkout / "migrate")}
    templates = {f"migrate/templates/{path}" for path in _files(checkout / "templates")}
    assert {"migrate/py.typed", "migrate/schemas/doctor.schema.json"} <= code
    assert {name for name in names if name.startswith("migrate/")} == code | templates
    assert {name.split("/")[0].split("-")[0] for name in names} == {"migrate", "spark_to_ray_migrate"}
    assert any(name.endswith("licenses/LICENSE") for name in names)


def _files(folder: Path) -> list[str]:
    found = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return [path.relative_to(folder).as_posix() for path in found]


def test_templates_are_found_where_the_wheel_puts_them(installed: Path, checkout: Path, tmp_path: Path) -> None:
    program = "from migrate.templating import environment; print(*environment().list_templates())"
    found = run(installed / "python", "-c", program, cwd=tmp_path)
    assert set(found.split()) == set(_files(checkout / "templates"))


def test_it_analyzes_a_job_in_another_folder(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "shout.py").write_text(JOB)
    report = json.loads(run(installed / "migrate", "analyze", "shout.py", "--format", "json", cwd=tmp_path))
    assert [job["path"] for job in report["jobs"]] == ["shout.py"]
    assert [stage["heavy"] for stage in report["jobs"][0]["stages"] if stage["heavy"]] == ["python_udf"]
    where = run(installed / "python", "-c", "import migrate; print(migrate.__file__)", cwd=tmp_path)
    assert Path(where.strip()).is_relative_to(installed.parent)


def test_no_engine_comes_with_the_base_install(installed: Path, tmp_path: Path) -> None:
    names = run(installed / "python", "-m", "pip", "list", "--format=freeze", cwd=tmp_path).lower()
    assert not {"pyspark", "ray", "torch", "horovod"} & {line.split("==")[0] for line in names.splitlines()}
