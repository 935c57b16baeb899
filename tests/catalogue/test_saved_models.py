"""What one engine has saved, models and pickled elements, loaded by the other: it says the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from engines import Engines

from migrate.rewrite import rewrite

pytestmark = [pytest.mark.engines, pytest.mark.timeout(300)]

_HEAD = """\
from pyspark.mllib.classification import LogisticRegressionModel, LogisticRegressionWithLBFGS, SVMModel, SVMWithSGD
from pyspark.mllib.regression import IsotonicRegression, IsotonicRegressionModel
from pyspark.mllib.regression import LabeledPoint, LinearRegressionModel, LinearRegressionWithSGD
from pyspark.sql import SparkSession

sc = SparkSession.builder.getOrCreate().sparkContext
rows = [(0, -1.0, 0.5), (1, 2.0, 0.1), (1, 1.5, -2.0), (0, -0.5, 1.0), (2, 0.2, 0.3)]
"""
_SAVE = """\
points = sc.parallelize(rows, 2).map(lambda row: LabeledPoint(row[0] % 2, row[1:]))
LinearRegressionWithSGD.train(points, 5, intercept=True).save(sc, "line")
machine = SVMWithSGD.train(points, 5)
machine.save(sc, "machine")
several = LogisticRegressionWithLBFGS.train(
    sc.parallelize(rows, 2).map(lambda row: LabeledPoint(row[0], row[1:])), numClasses=3, regParam=0.1
)
several.save(sc, "several")
pools = IsotonicRegression.train(sc.parallelize([(1.0, 0.5, 1.0), (3.0, 1.0, 2.0), (2.0, 3.0, 4.0)], 1))
pools.save(sc, "pools")
"""
_LOAD = """\
line = LinearRegressionModel.load(sc, "line")
machine = SVMModel.load(sc, "machine")
several = LogisticRegressionModel.load(sc, "several")
pools = IsotonicRegressionModel.load(sc, "pools")
print(pools.boundaries, round(pools.predict(0.7), 9), round(pools.predict(9.0), 9))
print(line.weights.toArray().round(9), round(line.intercept, 9))
for features in sc.parallelize(rows, 2).map(lambda row: [row[1], row[2]]).collect():
    print(round(line.predict(features), 9), machine.predict(features), several.predict(features))
"""
_PICKLED_HEAD = """\
from pyspark.sql import SparkSession

sc = SparkSession.builder.getOrCreate().sparkContext
"""
_PICKLE = """\
elements = ["é", ("t", 1), None, b"\\xff", {"a": 1.5}, [float("inf")], 2**70]
sc.parallelize(elements, 3).map(lambda element: (element, type(element).__name__)).saveAsPickleFile("mixed", 2)
sc.parallelize(range(6000), 1).map(lambda n: str(n) * 40).saveAsPickleFile("long")
"""
_UNPICKLE = """\
print(sorted(sc.pickleFile("mixed").map(str).collect()))
print(sc.pickleFile("long", 4).map(lambda text: text[:4]).glom().map(lambda part: (part[:1], len(part))).collect())
"""


@pytest.mark.parametrize("saved_by", ["spark", "ray"])
@pytest.mark.parametrize(
    ("head", "save", "load"),
    [pytest.param(_HEAD, _SAVE, _LOAD, id="models"), pytest.param(_PICKLED_HEAD, _PICKLE, _UNPICKLE, id="pickles")],
)
def test_the_other_engine_loads_it(
    saved_by: str, head: str, save: str, load: str, engines: Engines, tmp_path: Path
) -> None:
    parts = {}
    for name, body in (("save", save), ("load", load)):
        job = tmp_path / f"{name}.py"
        job.write_text(head + body, encoding="utf-8")
        made = rewrite(job, everything=True)
        made.write()
        assert made.run == (f"{name}_ray.py",), made.findings
        parts[name] = {"spark": job, "ray": made.folder / f"{name}_ray.py"}
    folder = tmp_path / "side"
    folder.mkdir()
    saver, loader = (engines.spark, engines.ray) if saved_by == "spark" else (engines.ray, engines.spark)
    saver.run(parts["save"][saved_by], folder)
    own = saver.run(parts["load"][saved_by], folder).stdout
    other = "ray" if saved_by == "spark" else "spark"
    assert own.strip()
    assert loader.run(parts["load"][other], folder).stdout == own
