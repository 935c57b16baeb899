"""A repository of so many lines in which one file in fifty is a Spark job: the same bytes for the same seed."""

from __future__ import annotations

import json
import random
import shutil
import sysconfig
from collections.abc import Iterator
from pathlib import Path

SHARE = 50
"""One file in so many is a job."""
_SIGNS = (b"spark", b"horovod", b"petastorm", b"awsglue", b"elephas", b"koalas", b".orca")

_HEAD = """\
import sys

from pyspark.sql import SparkSession, Window
from pyspark.sql import functions as F
from pyspark.sql.types import DoubleType, StringType

{extra}
spark = SparkSession.builder.appName("{name}").getOrCreate()
df = spark.read.parquet(sys.argv[1])
"""
_STEPS = {
    "etl": (
        'df = df.withColumn("c{n}", F.col("a") * {n} + F.lit(1))',
        'df = df.filter(F.col("c{n}") > {n})',
        'side{n} = spark.table("db.t{n}").select("id", "v{n}")\ndf = df.join(side{n}, "id", "left")',
        'df = df.groupBy("id").agg(F.sum("a").alias("a"), F.max("b").alias("b{n}"))',
        'df = df.withColumn("r{n}", F.row_number().over(Window.partitionBy("id").orderBy("a")))',
        'df.createOrReplaceTempView("v{n}")\ndf = spark.sql("SELECT *, a + {n} AS d{n} FROM v{n} WHERE b IS NOT NULL")',
    ),
    "python": (
        '@F.udf(returnType=StringType())\ndef clean{n}(text):\n    return (text or "").strip().lower()[:{n}]\n\n\n'
        'df = df.withColumn("t{n}", clean{n}("b"))',
        "rows{n} = df.rdd.map(lambda row: (row[0], len(row) + {n})).reduceByKey(lambda x, y: x + y)\nrows{n}.count()",
        'df = df.groupBy("id").applyInPandas(lambda part: part.assign(m=part["a"].mean()), "id long, m double")',
    ),
    "learning": (
        "from pyspark.ml.feature import StringIndexer\n"
        'model{n} = StringIndexer(inputCol="b", outputCol="i{n}").fit(df)\n'
        "df = model{n}.transform(df)",
        "from sklearn.linear_model import SGDClassifier\nlocal{n} = df.limit({n}).toPandas()\n"
        'SGDClassifier().fit(local{n}[["a"]], local{n}["b"])',
        "def score{n}(parts):\n    import torch\n    model = torch.jit.load('model{n}.pt')\n    for part in parts:\n"
        "        yield part.assign(y=model(torch.tensor(part['a'].values)).numpy())\n\n\n"
        'df = df.mapInPandas(score{n}, "id long, a double, y double")',
    ),
}


def make(folder: Path, lines: int, seed: int = 0) -> tuple[int, int, int]:
    """Fill the folder from Python's library and the installed packages, and add jobs; files, lines and jobs made."""
    chance = random.Random(seed)
    packages = _packages()
    chance.shuffle(packages)
    files = made = jobs = 0
    for package in packages:
        for source in sorted(package.rglob("*.py")):
            data = source.read_bytes()
            if any(sign in data.lower() for sign in _SIGNS) or "site-packages" in source.relative_to(package).parts:
                continue
            target = folder / package.name / source.relative_to(package)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
            files, made = files + 1, made + data.count(b"\n")
            if (files + 1) % SHARE == 0:
                made += _job(folder, jobs, chance)
                files, jobs = files + 1, jobs + 1
            if made >= lines:
                return files, made, jobs
    raise SystemExit(f"Only {made:,} lines are installed here, not {lines:,}; install more, or ask for fewer.")


def _packages() -> list[Path]:
    paths = sysconfig.get_paths()
    folders = [*Path(paths["purelib"]).iterdir(), *Path(paths["stdlib"]).iterdir()]
    skipped = {"site-packages", "pyspark", "__pycache__", "test", "lib2to3"}
    return sorted(folder for folder in folders if folder.is_dir() and folder.name not in skipped)


def _job(folder: Path, number: int, chance: random.Random) -> int:
    """Write one job, every fifth as a notebook; its lines."""
    kind = chance.choice(("etl", "etl", "python", "learning"))
    name = f"{kind}_{number:04}"
    extra = ""
    if number % 3 == 0:
        extra = f"from steps_{name} import prepare\n"
        (folder / "jobs").mkdir(exist_ok=True)
        text = 'def prepare(df):\n    return df.dropDuplicates(["id"]).filter("a > 0")\n'
        (folder / "jobs" / f"steps_{name}.py").write_text(text, encoding="utf-8")
    pieces = [_HEAD.format(extra=extra, name=name), *(["df = prepare(df)"] if extra else [])]
    pieces += _steps(kind, chance)
    pieces.append(f'df.write.mode("overwrite").parquet("out/{name}")\n')
    text = "\n\n".join(pieces)
    (folder / "jobs").mkdir(exist_ok=True)
    if number % 5 == 0:
        cells = [{"cell_type": "code", "source": piece, "outputs": [], "metadata": {}} for piece in pieces]
        document = {
            "cells": cells,
            "metadata": {"language_info": {"name": "python"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        (folder / "jobs" / f"{name}.ipynb").write_text(json.dumps(document), encoding="utf-8")
    else:
        (folder / "jobs" / f"{name}.py").write_text(text, encoding="utf-8")
    return text.count("\n")


def _steps(kind: str, chance: random.Random) -> Iterator[str]:
    for n in range(chance.randrange(5, 60)):
        own = kind == "etl" or chance.random() < 0.4
        yield chance.choice(_STEPS[kind if own else "etl"]).replace("{n}", str(n))


def made_anew(folder: Path, lines: int) -> tuple[int, int, int]:
    """The tree of ``make`` in an empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    return make(folder, lines)
