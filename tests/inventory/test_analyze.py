"""A tree as a report: what each file is, the same bytes whatever the processes and the cache, and nothing executed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from migrate.cache import Cache
from migrate.errors import MigrateError
from migrate.inventory import analyze, sources_of
from migrate.report import FileStatus, Report, render

SESSION = "from pyspark.sql import SparkSession\nspark = SparkSession.builder.getOrCreate()\n"
FILES = {
    "script.py": (SESSION + "spark.range(3).count()\n", FileStatus.JOB),
    "guarded.py": (
        SESSION + "def main():\n    spark.range(3).count()\nif __name__ == '__main__':\n    main()\n",
        FileStatus.JOB,
    ),
    "functions.py": ("def count(df):\n    return df.rdd.map(lambda r: r).count()  # spark\n", FileStatus.LIBRARY),
    "classes.py": (SESSION + "class Job:\n    def run(self):\n        spark.range(3).count()\n", FileStatus.LIBRARY),
    "tests_only.py": (
        "import unittest\n"
        + SESSION
        + "class T(unittest.TestCase):\n    def test(self):\n        spark.range(3).count()\n"
        "if __name__ == '__main__':\n    unittest.main()\n",
        FileStatus.LIBRARY,
    ),
    "plain_horovod.py": ("import horovod.torch as hvd\nhvd.init()\nprint(hvd.rank())\n", FileStatus.NO_SPARK),
    "reader_only.py": ("from petastorm import make_reader\nmake_reader('file:///x')\n", FileStatus.LIBRARY),
    "nothing.py": ("print(1)\n", FileStatus.NO_SPARK),
}


@pytest.mark.parametrize("name", FILES)
def test_what_a_file_is(name: str, tmp_path: Path) -> None:
    text, status = FILES[name]
    (tmp_path / name).write_text(text)
    assert [row.status for row in analyze((tmp_path,), 1).files] == [status]


def test_a_script_that_starts_a_job_without_a_word_about_it_is_found(tmp_path: Path) -> None:
    (tmp_path / "work.py").write_text(SESSION + "def run():\n    spark.range(3).count()\n")
    (tmp_path / "start.py").write_text("from work import run\nif __name__ == '__main__':\n    run()\n")
    (tmp_path / "other.py").write_text("from worker import run\nrun()\n")
    status = {row.path: row.status for row in analyze((tmp_path,), 1).files}
    assert status == {"other.py": FileStatus.NO_SPARK, "start.py": FileStatus.JOB, "work.py": FileStatus.LIBRARY}


@pytest.mark.parametrize(
    "line", ["from .work import run", "from . import work", "from pack.work import run", "import pack"]
)
def test_a_script_in_a_package_starts_a_job_of_its_neighbours(line: str, tmp_path: Path) -> None:
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "__init__.py").write_text("from pack.work import run  # Spark's\n")
    (tmp_path / "pack" / "work.py").write_text(SESSION + "def run():\n    spark.range(3).count()\n")
    call = {"from . import work": "work.run()", "import pack": "pack.run()"}.get(line, "run()")
    (tmp_path / "pack" / "start.py").write_text(f"{line}\n{call}\n")
    assert [job.path for job in analyze((tmp_path,), 1).jobs] == ["pack/start.py"]


def _tree(folder: Path) -> None:
    for number in range(30):
        (folder / f"job{number:02}.py").write_text(
            SESSION + f"import steps\nsteps.add(spark.range({number})).count()\n"
        )
    (folder / "steps.py").write_text("def add(df):\n    return df.distinct()  # spark\n")


def _json(report: Report) -> str:
    return render(replace(report, seconds=None), "json", sources_of(report))


def test_the_same_bytes_from_one_process_two_and_a_cache(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    _tree(tree)
    once = _json(analyze((tree,), 1))
    assert _json(analyze((tree,), 2)) == once
    for _ in range(2):
        assert _json(analyze((tree,), 1, cache=Cache(tmp_path / "cache"))) == once


def test_a_changed_module_makes_its_jobs_new(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    _tree(tree)
    analyze((tree,), 1, cache=Cache(tmp_path / "cache"))
    (tree / "steps.py").write_text("def add(df):\n    return df.orderBy('id')  # spark\n")
    report = analyze((tree,), 1, cache=Cache(tmp_path / "cache"))
    assert all("DataFrame.orderBy" in [stage.symbol for stage in job.stages] for job in report.jobs)


def test_a_damaged_cache_is_an_empty_one(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    _tree(tree)
    once = _json(analyze((tree,), 1, cache=Cache(tmp_path / "cache")))
    for file in (tmp_path / "cache").iterdir():
        file.write_bytes(file.read_bytes()[:40])
    assert _json(analyze((tree,), 1, cache=Cache(tmp_path / "cache"))) == once


def test_nothing_that_is_analysed_runs(tmp_path: Path) -> None:
    trap = tmp_path / "ran"
    body = f"open({str(trap)!r}, 'w').write('x')\n"
    (tmp_path / "lib.py").write_text(SESSION + body + "def read():\n    return spark.range(3)\n")
    (tmp_path / "job.py").write_text(SESSION + body + "import lib\nlib.read().count()\n")
    (tmp_path / "conftest.py").write_text(body)
    analyze((tmp_path,), 2)
    assert not trap.exists()


def test_excluded_paths_are_left_out(tmp_path: Path) -> None:
    _tree(tmp_path)
    report = analyze((tmp_path,), 1, exclude=("job*",))
    assert [row.path for row in report.files] == ["steps.py"]


def test_a_path_that_does_not_exist_cannot_be_analysed(tmp_path: Path) -> None:
    with pytest.raises(MigrateError, match="there is no such file"):
        analyze((tmp_path / "absent",), 1)
