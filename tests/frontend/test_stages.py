"""Which calls are stages, which of them run Python, and on which line: each row beside a near miss."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate.frontend import read_job

SESSION = "from pyspark.sql import SparkSession\nspark = SparkSession.builder.getOrCreate()\ndf = spark.range(3)\n"

HEAVY = {
    "udf by call": (
        "from pyspark.sql.functions import udf\nf = udf(lambda x: x + 1)\ndf.select(f('id')).show()",
        ["python_udf@5"],
    ),
    "udf by decorator": (
        "import pyspark.sql.functions as F\n@F.udf('int')\ndef f(x):\n    return x\ndf.select(f('id'))",
        ["python_udf@5"],
    ),
    "udf behind a star import": (
        "from pyspark.sql.functions import *\nf = udf(len)\ndf.select(f('id'))",
        ["python_udf@5"],
    ),
    "udf of a partial": (
        "from functools import partial\nfrom pyspark.sql.functions import udf\n"
        "def add(n, x):\n    return x + n\nf = udf(partial(add, 1), 'int')\ndf.select(f('id'))",
        ["python_udf@8"],
    ),
    "udf from a factory": (
        "from pyspark.sql import functions as F\ndef make(n):\n"
        "    return F.udf(lambda x: x + n, 'int')\ndf.select(make(1)('id'))",
        ["python_udf@6"],
    ),
    "registered udf used in SQL": (
        "spark.udf.register('inc', lambda x: x + 1)\nspark.sql('select inc(id) from t')",
        ["python_udf@4"],
    ),
    "a column of a pandas-on-Spark frame": (
        "p = df.pandas_api()\np['a'] = p['a'].map({1: 2})\np['a'].apply(lambda x: x)\np.a.apply(lambda x: x)",
        ["pandas_api@6", "pandas_api@7"],
    ),
    "udf that no cell imports": ("f = udf(lambda x: x + 1)\ndf.select(f('id'))", ["python_udf@4"]),
    "udf of a module of functions that no cell imports": (
        "f = F.udf(lambda x: x + 1)\ndf.select(f('id'))",
        ["python_udf@4"],
    ),
    "pandas udf": (
        "from pyspark.sql.functions import pandas_udf\n@pandas_udf('long')\ndef f(s):\n"
        "    return s\ndf.select(f('id'))",
        ["pandas_udf@5"],
    ),
    "udtf": (
        "from pyspark.sql.functions import udtf, lit\n@udtf(returnType='a: int')\nclass F:\n"
        "    def eval(self, x):\n        yield x,\n"
        "F(lit(1)).show()",
        ["python_udtf@5"],
    ),
    "mapInPandas on its own line": (
        "def f(it):\n    yield from it\nout = (\n    df\n    .where('id > 1')\n    .mapInPandas(f, 'id long')\n)",
        ["map_in_pandas@9"],
    ),
    "applyInPandas": ("df.groupBy('id').applyInPandas(lambda g: g, 'id long').show()", ["apply_in_pandas@4"]),
    "cogrouped": (
        "df.groupBy('id').cogroup(df.groupBy('id')).applyInPandas(lambda a, b: a, 'id long')",
        ["cogroup_apply_in_pandas@4"],
    ),
    "RDD chain": (
        "from operator import add\ndf.rdd.map(lambda r: (r.id, 1)).filter(lambda p: p[0]).reduceByKey(add).collect()",
        ["rdd_map@5", "rdd_filter@5", "rdd_reduce@5"],
    ),
    "RDD groupBy takes a function": ("df.rdd.groupBy(lambda r: r.id).count()", ["rdd_group_by@4"]),
    "barrier": ("df.rdd.barrier().mapPartitions(lambda rows: rows).collect()", ["barrier@4"]),
    "barrier by keyword": ("df.mapInArrow(lambda it: it, 'id long', barrier=True).collect()", ["barrier@4"]),
    "foreachBatch": (
        "def save(batch, n):\n    batch.write.parquet('x')\n"
        "spark.readStream.load('x').writeStream.foreachBatch(save).start()",
        ["foreach_batch@6"],
    ),
    "horovod.spark.run under another name": (
        "from horovod.spark import run as launch\ndef train():\n    pass\nlaunch(train, num_proc=2)",
        ["horovod_run@7"],
    ),
    "TorchDistributor": (
        "from pyspark.ml.torch.distributor import TorchDistributor\nTorchDistributor(2).run(print)",
        ["torch_distributor@5"],
    ),
    "feature pipeline": (
        "from pyspark.ml import Pipeline\nfrom pyspark.ml.feature import IDF, HashingTF\n"
        "Pipeline(stages=[HashingTF(), IDF()]).fit(df)",
        ["mllib_feature_fit@6"],
    ),
    "pipeline with a model": (
        "from pyspark.ml import Pipeline\nfrom pyspark.ml.feature import IDF\n"
        "from pyspark.ml.regression import LinearRegression\n"
        "Pipeline(stages=[IDF(), LinearRegression()]).fit(df)",
        ["mllib_fit@7"],
    ),
    "search": (
        "from pyspark.ml.tuning import CrossValidator\nfrom pyspark.ml.regression import LinearRegression\n"
        "CrossValidator(estimator=LinearRegression()).fit(df)",
        ["hyperparam_search@6"],
    ),
    "a fitted model that is loaded": (
        "from pyspark.ml.classification import GBTClassificationModel as M\nM.load('m').transform(df).show()",
        ["model_inference@5"],
    ),
    "a fitted model that a reader loads": (
        "from pyspark.ml.clustering import KMeansModel\nKMeansModel.read().load('m').transform(df).show()",
        ["model_inference@5"],
    ),
    "fit on collected rows": (
        "from sklearn.linear_model import LinearRegression\nrows = df.toPandas()\n"
        "model = LinearRegression()\nmodel.fit(rows[['id']], rows.id)",
        ["driver_ml_fit@7"],
    ),
    "a network fitted to petastorm's rows, none of them of a DataFrame": (
        "import tensorflow as tf\nfrom petastorm import make_batch_reader\n"
        "from petastorm.tf_utils import make_petastorm_dataset\nwith make_batch_reader('x') as reader:\n"
        "    tf.keras.Sequential().fit(make_petastorm_dataset(reader))",
        ["petastorm@7"],
    ),
    "joblib on Spark": (
        "from joblib import Parallel, delayed, parallel_backend\nwith parallel_backend('spark', n_jobs=3):\n"
        "    Parallel()(\n        delayed(len)(text) for text in ['a', 'b'])",
        ["hyperparam_search@6"],
    ),
    "joblib on Spark by keyword": (
        "import joblib\njoblib.Parallel(n_jobs=2, backend='spark')(joblib.delayed(len)(x) for x in 'ab')",
        ["hyperparam_search@5"],
    ),
    "cross-validation on joblib's Spark backend": (
        "from sklearn.model_selection import cross_val_score\nfrom sklearn.utils import parallel_backend\n"
        "with parallel_backend('spark'):\n    cross_val_score(None, [1], [2], cv=5)",
        ["hyperparam_search@7"],
    ),
    "hyperopt's SparkTrials": (
        "from hyperopt import SparkTrials, fmin, hp\ntrials = SparkTrials(parallelism=2)\n"
        "fmin(fn=lambda p: p['x'], space={'x': hp.uniform('x', 0, 1)}, trials=trials)",
        ["hyperparam_search@6"],
    ),
    "hyperopt on the driver over fits on Spark": (
        "from hyperopt import Trials, fmin\nfrom pyspark.ml.recommendation import ALS\ndef loss(params):\n"
        "    return ALS(rank=params['rank']).fit(df).rank\nfmin(fn=loss, space={}, trials=Trials())",
        ["mllib_fit@7", "hyperparam_search@8"],
    ),
    "a class that nobody knows, fitted to a dataset": (
        "from somewhere import GroupedForecaster\nGroupedForecaster(horizon=3).fit(df)",
        ["estimator_other@5"],
    ),
    "a model between star imports of MLlib": (
        "from pyspark.ml.classification import *\nfrom pyspark.ml.feature import *\n"
        "from pyspark.ml.evaluation import *\nLogisticRegression().fit(df)\nStringIndexer().fit(df)",
        ["mllib_fit@7", "mllib_feature_fit@8"],
    ),
    "the best of several models": (
        "from synapse.ml.automl import FindBestModel\nFindBestModel(models=[]).fit(df)",
        ["hyperparam_search@5"],
    ),
    "an estimator that trains on Ray": (
        "from raydp.torch import TorchEstimator\nTorchEstimator(num_workers=1).fit_on_spark(df)",
        ["estimator_other@5"],
    ),
    "a model of the feature store": (
        "from databricks.feature_store import FeatureStoreClient\nFeatureStoreClient().score_batch('models:/m/1', df)",
        ["model_inference@5"],
    ),
    "a fit inside of a lambda that a timer of another package calls": (
        "from tools import timed\nfrom pyspark.ml.regression import LinearRegression\n"
        "timed('fit', lambda: LinearRegression().fit(df))",
        ["mllib_fit@6"],
    ),
    "a fit that the builtin map calls": (
        "from pyspark.ml.feature import StringIndexer\n"
        "models = list(map(lambda c: StringIndexer(inputCol=c).fit(df), ['a', 'b']))",
        ["mllib_feature_fit@5"],
    ),
    "a parameter whose default is a function": (
        "def load(spark):\n    return spark.sparkContext.textFile('x')\ndef main(spark, source=load):\n"
        "    source(spark).map(len).count()\nmain(spark)",
        ["rdd_map@7"],
    ),
    "a parameter that is called df and is another library's": (
        "from tables import DataFrame\ndef run(df: DataFrame):\n    df.native.rdd.map(len).count()",
        ["rdd_map@6"],
    ),
    "a private attribute with a customary name": (
        "class Loader:\n    def __init__(self, sc):\n        self._sc = sc\n    def load(self):\n"
        "        return self._sc.range(3).map(str)",
        ["rdd_map@8"],
    ),
    "a private attribute that nothing sets": (
        "class Blocks:\n    def shapes(self):\n        return self._rdd.map(lambda x: x.shape)",
        ["rdd_map@6"],
    ),
    "rows by MLlib's old scaler": (
        "from pyspark.mllib.feature import StandardScaler\nrows = df.rdd\n"
        "StandardScaler().fit(rows).transform(rows).map(lambda row: row).count()",
        ["mllib_feature_fit@6", "rdd_map@6"],
    ),
    "an attribute whose name says what it is": (
        "class Engine:\n    def top(self):\n        return self.ratings_RDD.filter(lambda r: r[1]).take(3)",
        ["rdd_filter@6"],
    ),
    "udf between two star imports": (
        "from pyspark.sql.functions import *\nfrom pyspark.ml.feature import *\n"
        "from pyspark.sql.types import *\nf = udf(len, IntegerType())\ndf.select(f('id'))",
        ["python_udf@7"],
    ),
    "petastorm reader inside of a shipped function": (
        "import horovod.spark\nfrom petastorm import make_batch_reader\ndef train():\n"
        "    with make_batch_reader('x') as r:\n        pass\n"
        "horovod.spark.run(train)",
        ["petastorm@7", "horovod_run@9"],
    ),
}

NATIVE = {
    "column expressions are no UDF": "from pyspark.sql import functions as F\n"
    "df.select(F.transform('a', lambda x: x + 1)).show()",
    "the builtin map": "list(map(lambda r: r[0], df.collect()))",
    "filter by condition": "df.filter(df.id > 1).show()",
    "groupBy of columns": "df.groupBy('id').count().show()",
    "groupByKey runs no function of the user's": "df.rdd.groupByKey().count()",
    "a UDF that nothing uses": "from pyspark.sql.functions import udf\nunused = udf(lambda x: x)",
    "pandas' map on a parameter called df": (
        "import pandas as pd\ndef clean(df: pd.DataFrame):\n    return df.map(lambda value: value)"
    ),
    "pandas' apply after toPandas": "df.toPandas().groupby('id').apply(lambda g: g)",
    "joblib without Spark": "from joblib import Parallel, delayed\nParallel(n_jobs=2)(delayed(len)(x) for x in 'ab')",
    "cross-validation without Spark": (
        "from sklearn.model_selection import cross_val_score\ncross_val_score(None, [1], [2], cv=5)"
    ),
    "a score of collected rows": (
        "from sklearn.model_selection import cross_val_score\nrows = df.toPandas()\n"
        "cross_val_score(None, rows, rows.id)"
    ),
    "a picture of collected rows": (
        "from sklearn.manifold import TSNE\nTSNE(n_components=2).fit_transform(df.toPandas())"
    ),
    "hyperopt without SparkTrials": "from hyperopt import fmin, Trials\nfmin(fn=len, space={}, trials=Trials())",
    "a trainer of another library": ("import pytorch_lightning as pl\ntrainer = pl.Trainer()\ntrainer.fit(None)"),
    "a trainer that is handed in": "def train(trainer, model):\n    trainer.fit(model)",
    "map of another library": "import tensorflow as tf\ntf.data.Dataset.range(3).map(lambda x: x)",
    "a method of the user's own that is called map": (
        "class Grid:\n    def map(self, f):\n        return f\nGrid().map(lambda x: x)"
    ),
    "fit on data that Spark never held": (
        "from sklearn.linear_model import LinearRegression\nLinearRegression().fit([[1]], [1])"
    ),
    "a udf of the user's own": "def udf(f):\n    return f\ndf.select(udf(lambda x: x)('id'))",
    "features of a fitted scaler that is loaded": (
        "from pyspark.ml.feature import StandardScalerModel\nStandardScalerModel.load('m').transform(df).show()"
    ),
    "a commented-out stage": "# df.rdd.map(lambda r: r)",
}


def _heavy(tmp_path: Path, code: str) -> list[str]:
    path = tmp_path / "job.py"
    path.write_text(SESSION + code + "\n", encoding="utf-8")
    job, _ = read_job(path)
    return [f"{stage.heavy.value}@{stage.span.line}" for stage in job.stages if stage.heavy]


@pytest.mark.parametrize("name", HEAVY)
def test_python_work_is_found_on_its_line(name: str, tmp_path: Path) -> None:
    code, expected = HEAVY[name]
    assert _heavy(tmp_path, code) == expected


@pytest.mark.parametrize("name", NATIVE)
def test_near_misses_are_left_alone(name: str, tmp_path: Path) -> None:
    assert _heavy(tmp_path, NATIVE[name]) == []


def test_an_unused_udf_is_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "job.py"
    path.write_text(SESSION + NATIVE["a UDF that nothing uses"] + "\n")
    job, _ = read_job(path)
    assert [(finding.code, finding.line) for finding in job.findings] == [("SR416", 5)]


def test_the_stage_of_a_udf_knows_its_uses_and_the_using_stage_its_function(tmp_path: Path) -> None:
    path = tmp_path / "job.py"
    path.write_text(
        SESSION + "from pyspark.sql.functions import udf\nf = udf(lambda x: x, 'long')\n\ndf.withColumn('y', f('id'))\n"
    )
    job, _ = read_job(path)
    maker = next(stage for stage in job.stages if stage.heavy)
    user = next(stage for stage in job.stages if stage.symbol == "DataFrame.withColumn")
    assert (maker.span.line, maker.used_at, maker.inputs, maker.result) == (5, (7,), (), "f")
    assert user.cost.value == "python" and user.heavy is None
    assert [(f.name, f.declared, f.maker) for f in user.functions] == [("<lambda>", "'long'", maker.span)]


def test_a_udf_that_is_made_in_one_of_two_ways_is_used_in_both(tmp_path: Path) -> None:
    path = tmp_path / "job.py"
    makers = "try:\n    f = pandas_udf(len, 'int')\nexcept ImportError:\n    f = udf(len, 'int')\ndf.select(f('id'))\n"
    path.write_text(SESSION + "from pyspark.sql.functions import pandas_udf, udf\n" + makers)
    job, _ = read_job(path)
    assert [(stage.span.line, stage.used_at) for stage in job.stages if stage.heavy] == [(6, (9,)), (8, (9,))]
