"""A pipeline that one engine has saved, loaded by the other: each of its stages does the same on both."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from engines import Engines

from migrate.rewrite import rewrite

_ROWS = """\
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
missing = [1.5, 2.5, float("nan"), 7.0]
rows = [(n, "abc"[n % 3], float(n % 4), missing[n % 4], float(n % 2), f"a b c {n % 3}", 1.0 + n) for n in range(12)]
df = spark.createDataFrame(rows, ["id", "k", "x", "m", "label", "text", "y"])
"""
_SAVE = """\
from pyspark.ml import Pipeline
from pyspark.ml.classification import DecisionTreeClassifier, GBTClassifier, RandomForestClassifier
from pyspark.ml.classification import LinearSVC, LogisticRegression, NaiveBayes
from pyspark.ml.clustering import KMeans
from pyspark.ml.feature import (
    IDF,
    PCA,
    Bucketizer,
    ChiSqSelector,
    CountVectorizer,
    ElementwiseProduct,
    HashingTF,
    Imputer,
    MaxAbsScaler,
    MinMaxScaler,
    OneHotEncoder,
    RobustScaler,
    StandardScaler,
    StringIndexer,
    Tokenizer,
    VarianceThresholdSelector,
    VectorAssembler,
    VectorIndexer,
)
from pyspark.ml.regression import DecisionTreeRegressor, GBTRegressor, RandomForestRegressor
from pyspark.ml.regression import GeneralizedLinearRegression, IsotonicRegression, LinearRegression
"""
_LOAD = """\
from pyspark.ml import PipelineModel
"""
_SHOWN = """\
model = PipelineModel.load("{path}")
for row in model.transform(df).collect():
    print([(name, [round(float(number), 9) for number in getattr(row[name], "values", [row[name]])]) for name in {new}])
"""
_FEW = {
    "kv": ('StringIndexer(inputCol="k", outputCol="ki")', 'OneHotEncoder(inputCol="ki", outputCol="kv")'),
    "raw": (
        'Imputer(inputCols=["m"], outputCols=["mi"])',
        'VectorAssembler(inputCols=["kv", "x", "mi"], outputCol="raw")',
    ),
    "b": ('Bucketizer(splits=[float("-inf"), 1.0, float("inf")], inputCol="x", outputCol="b")',),
    "std": ('StandardScaler(inputCol="raw", outputCol="std", withMean=True)',),
    "probability": ('LogisticRegression(featuresCol="std", maxIter=2, regParam=0.1)',),
}
_ALL = {
    **_FEW,
    "cv": ('Tokenizer(inputCol="text", outputCol="w")', 'CountVectorizer(inputCol="w", outputCol="cv")'),
    "idf": ('IDF(inputCol="cv", outputCol="idf")',),
    "h": ('HashingTF(inputCol="w", outputCol="h", numFeatures=10)',),
    "range": ('MinMaxScaler(inputCol="raw", outputCol="range")',),
    "abs": ('MaxAbsScaler(inputCol="raw", outputCol="abs")',),
    "robust": ('RobustScaler(inputCol="raw", outputCol="robust", withCentering=True)',),
    "few": ('VectorIndexer(inputCol="raw", outputCol="few", maxCategories=4, handleInvalid="keep")',),
    "pc": ('PCA(k=1, inputCol="raw", outputCol="pc")',),
    "product": ('ElementwiseProduct(scalingVec=[1.0, 2.0, 3.0, 4.0], inputCol="raw", outputCol="product")',),
    "bayes": ('NaiveBayes(featuresCol="range", probabilityCol="bayes", rawPredictionCol="b1", predictionCol="b2")',),
    "svc": ('LinearSVC(featuresCol="std", rawPredictionCol="svc", predictionCol="s1", maxIter=3)',),
    "line": ('LinearRegression(featuresCol="std", labelCol="y", predictionCol="line")',),
    "poisson": (
        'GeneralizedLinearRegression(featuresCol="std", labelCol="y", family="poisson", predictionCol="poisson")',
    ),
    "steps": ('IsotonicRegression(featuresCol="x", labelCol="y", predictionCol="steps")',),
    "chi": ('ChiSqSelector(numTopFeatures=2, featuresCol="few", outputCol="chi")',),
    "varying": ('VarianceThresholdSelector(featuresCol="raw", outputCol="varying", varianceThreshold=0.5)',),
}


_TREES = {
    "few": (
        'VectorAssembler(inputCols=["x", "y", "id"], outputCol="raw")',
        'VectorIndexer(inputCol="raw", outputCol="few", maxCategories=4, handleInvalid="keep")',
    ),
    "tree": (
        'DecisionTreeClassifier(featuresCol="few", maxDepth=3, probabilityCol="tree", rawPredictionCol="t1", '
        'predictionCol="t2")',
    ),
    "wood": (
        'RandomForestClassifier(featuresCol="raw", numTrees=3, seed=1, probabilityCol="wood", rawPredictionCol="w1", '
        'predictionCol="w2")',
    ),
    "boost": (
        'GBTClassifier(featuresCol="raw", maxIter=3, maxDepth=2, seed=1, predictionCol="o2")'
        '.setRawPredictionCol("o1").setProbabilityCol("boost")',
    ),
    "leaf": ('DecisionTreeRegressor(featuresCol="few", labelCol="y", predictionCol="leaf")',),
    "mean": ('RandomForestRegressor(featuresCol="raw", labelCol="y", numTrees=3, seed=1, predictionCol="mean")',),
    "sum": ('GBTRegressor(featuresCol="raw", labelCol="y", maxIter=3, maxDepth=2, seed=1, predictionCol="sum")',),
    "cluster": ('KMeans(featuresCol="raw", k=3, seed=1, predictionCol="cluster")',),
}
_TOLD = {
    **_FEW,
    **{name: _ALL[name] for name in ("cv", "idf", "h", "range", "abs", "product", "bayes", "svc", "line")},
}
"""The stages whose stand-ins tell what they learned."""


def _jobs(stages: dict[str, tuple[str, ...]], folder: Path) -> tuple[Path, Path]:
    """A job that saves a fitted pipeline of those stages, and one that loads it and shows what they make."""
    made = ", ".join(text for texts in stages.values() for text in texts)
    save, load, path = folder / "save.py", folder / "load.py", folder / "model"
    save.write_text(
        f'{_SAVE}{_ROWS}model = Pipeline(stages=[{made}]).fit(df)\nmodel.save("{path}")\n', encoding="utf-8"
    )
    load.write_text(_LOAD + _ROWS + _SHOWN.format(path=path, new=list(stages)), encoding="utf-8")
    return save, load


def _rewritten(job: Path) -> Path:
    emitted = rewrite(job, everything=True)
    emitted.write()
    assert emitted.run == (f"{job.stem}_ray.py",), emitted.findings
    return emitted.folder / emitted.run[0]


@pytest.mark.engines
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "stages",
    [_FEW, *(pytest.param(one, marks=pytest.mark.slow) for one in (_ALL, _TREES))],
    ids=["few", "all", "trees"],
)
def test_ray_loads_what_spark_saved(stages: dict[str, tuple[str, ...]], engines: Engines, tmp_path: Path) -> None:
    save, load = _jobs(stages, tmp_path)
    engines.spark.run(save, tmp_path)
    expected = engines.spark.run(load, tmp_path).stdout
    assert expected.strip()
    assert engines.ray.run(_rewritten(load), tmp_path).stdout == expected


@pytest.mark.engines
@pytest.mark.timeout(600)
@pytest.mark.parametrize("stages", [_FEW, pytest.param(_TOLD, marks=pytest.mark.slow)], ids=["few", "all"])
def test_spark_loads_what_ray_saved(stages: dict[str, tuple[str, ...]], engines: Engines, tmp_path: Path) -> None:
    save, load = _jobs(stages, tmp_path)
    engines.ray.run(_rewritten(save), tmp_path)
    expected = engines.ray.run(_rewritten(load), tmp_path).stdout
    assert expected.strip()
    assert engines.spark.run(load, tmp_path).stdout == expected


def _saved(folder: Path, name: str, params: dict[str, object]) -> None:
    file = folder / "metadata" / "part-00000"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"class": name, "paramMap": params, "defaultParamMap": {}}), encoding="utf-8")


@pytest.mark.parametrize(
    ("stage", "why"),
    [
        ("org.apache.spark.ml.feature.Word2VecModel", "Word2VecModel is not mapped yet"),
        ("org.apache.spark.ml.feature.RegexTokenizer", "a saved RegexTokenizer is not mapped yet"),
    ],
)
def test_a_pipeline_with_a_stage_that_is_not_known_stays(stage: str, why: str, tmp_path: Path) -> None:
    _saved(tmp_path / "model", "org.apache.spark.ml.PipelineModel", {"stageUids": ["one"]})
    _saved(tmp_path / "model" / "stages" / "0_one", stage, {})
    job = tmp_path / "job.py"
    job.write_text(_LOAD + _ROWS + _SHOWN.format(path="model", new=["id"]), encoding="utf-8")
    made = rewrite(job, everything=True)
    assert any(why in finding.message for finding in made.findings), made.findings
