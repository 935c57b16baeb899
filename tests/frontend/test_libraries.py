"""The libraries that run Python through Spark, and the ways to come by their names: each on the line that runs it."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate.frontend import read_job

SESSION = "from pyspark.sql import SparkSession\nspark = SparkSession.builder.getOrCreate()\ndf = spark.range(3)\n"

LIBRARIES = {
    "an alias that an import in try gives": (
        "try:\n    from pyspark.sql.functions import udf as make\nexcept ImportError:\n    make = None\n"
        "f = make(len, 'int')\ndf.select(f('id'))",
        ["python_udf@8"],
    ),
    "an import inside of a function": (
        "def run(df):\n    import pyspark.sql.functions as F\n    f = F.udf(len, 'int')\n"
        "    return df.select(f('id'))\n"
        "run(df).show()",
        ["python_udf@6"],
    ),
    "a method as a UDF": (
        "from pyspark.sql.functions import udf\nclass Cleaner:\n    def clean(self, text):\n"
        "        return text.strip()\n"
        "    def run(self, df):\n        f = udf(self.clean, 'string')\n        return df.select(f('id'))\n"
        "Cleaner().run(df).show()",
        ["python_udf@9"],
    ),
    "a static method that is decorated": (
        "from pyspark.sql.functions import udf\nclass Texts:\n    @staticmethod\n    @udf('string')\n"
        "    def clean(text):\n        return text\ndf.select(Texts.clean('id'))",
        ["python_udf@7"],
    ),
    "DeepSpeed": (
        "from pyspark.ml.deepspeed.deepspeed_distributor import DeepspeedTorchDistributor\n"
        "def train():\n    pass\nDeepspeedTorchDistributor(numGpus=2).run(train)",
        ["torch_distributor@7"],
    ),
    "TensorFlow's mirrored strategy": (
        "from spark_tensorflow_distributor import MirroredStrategyRunner\n"
        "MirroredStrategyRunner(num_slots=8).run(print)",
        ["tf_distributor@5"],
    ),
    "TensorFlowOnSpark": (
        "from tensorflowonspark import TFCluster\ndef main_fun(args, ctx):\n    pass\n"
        "cluster = TFCluster.run(spark.sparkContext, main_fun, None, 2, 0, False, TFCluster.InputMode.SPARK)",
        ["tfos_cluster@7"],
    ),
    "petastorm's converter": (
        "from petastorm.spark import make_spark_converter\nconverter = make_spark_converter(df)\n"
        "with converter.make_torch_dataloader() as loader:\n    pass",
        ["petastorm@5", "petastorm@6"],
    ),
    "XGBoost": (
        "from xgboost.spark import SparkXGBClassifier\nSparkXGBClassifier(num_workers=2).fit(df)",
        ["xgboost_spark@5"],
    ),
    "XGBoost at the end of a pipeline": (
        "from pyspark.ml import Pipeline\nfrom pyspark.ml.feature import VectorAssembler\n"
        "from xgboost.spark import SparkXGBRegressor\n"
        "Pipeline(stages=[VectorAssembler(), SparkXGBRegressor()]).fit(df)",
        ["xgboost_spark@7"],
    ),
    "LightGBM": (
        "from synapse.ml.lightgbm import LightGBMClassifier\nLightGBMClassifier().fit(df)",
        ["estimator_other@5"],
    ),
    "MLflow's UDF": (
        "import mlflow.pyfunc\npredict = mlflow.pyfunc.spark_udf(spark, 'models:/m/1')\n"
        "df.withColumn('y', predict('id'))",
        ["pandas_udf/model_inference@5"],
    ),
    "a UDF that predicts batches": (
        "from pyspark.ml.functions import predict_batch_udf\ndef make():\n    return len\n"
        "predict = predict_batch_udf(make, return_type='float', batch_size=8)\ndf.select(predict('id'))",
        ["predict_batch_udf/model_inference@7"],
    ),
    "a broadcast model": (
        "model = spark.sparkContext.broadcast(object())\ndef score(rows):\n"
        "    yield from model.value.predict(list(rows))\n"
        "df.rdd.mapPartitions(score).collect()",
        ["rdd_map_partitions/model_inference@7"],
    ),
    "a search over an estimator that runs Python": (
        "from pyspark.ml.tuning import CrossValidator\nfrom xgboost.spark import SparkXGBRegressor\n"
        "CrossValidator(estimator=SparkXGBRegressor()).fit(df)",
        ["hyperparam_search@6"],
    ),
    "pandas on Spark": (
        "import pyspark.pandas as ps\nframe = ps.read_parquet('x')\nframe.apply(lambda row: row, axis=1)",
        ["pandas_api@6"],
    ),
    "Koalas": (
        "from databricks import koalas as ks\nks.read_csv('x').groupby('a').apply(lambda group: group)",
        ["pandas_api@5"],
    ),
    "Glue": (
        "from awsglue.context import GlueContext\nfrom awsglue.transforms import Map\n"
        "glue = GlueContext(spark.sparkContext)\nframe = glue.create_dynamic_frame.from_catalog('d', 't')\n"
        "Map.apply(frame=frame, f=lambda record: record)",
        ["rdd_map@8"],
    ),
    "a session of Dataproc": (
        "from google.cloud.dataproc_spark_connect import DataprocSparkSession\n"
        "session = DataprocSparkSession.builder.getOrCreate()\nsession.range(3).rdd.map(str).collect()",
        ["rdd_map@6"],
    ),
}


@pytest.mark.parametrize("name", LIBRARIES)
def test_python_work_is_found_on_its_line_with_its_role(name: str, tmp_path: Path) -> None:
    code, expected = LIBRARIES[name]
    path = tmp_path / "job.py"
    path.write_text(SESSION + code + "\n")
    heavy = [stage for stage in read_job(path)[0].stages if stage.heavy]
    found = [f"{stage.heavy.value}{'/' if stage.role else ''}{stage.role or ''}@{stage.span.line}" for stage in heavy]
    assert found == expected


def test_a_udf_of_a_sibling_that_sql_calls_is_a_stage_of_the_sibling(tmp_path: Path) -> None:
    (tmp_path / "cleaning.py").write_text(
        "from pyspark.sql.functions import udf\n\n\n@udf('string')\ndef clean(text):\n    return text\n"
    )
    path = tmp_path / "job.py"
    path.write_text(
        SESSION
        + "from cleaning import clean\nspark.udf.register('clean', clean)\nspark.sql('select clean(id) from t')\n"
    )
    (stage,) = [stage for stage in read_job(path)[0].stages if stage.heavy]
    assert (stage.heavy.value, stage.span.path, stage.span.line) == ("python_udf", "cleaning.py", 4)
