"""mlflow's ``spark_udf`` on both engines, where mlflow (or mlflow-skinny) is installed beside each of them."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest
from engines import Engines

from migrate.oracle import Options, Verdict, compare
from migrate.rewrite import rewrite

SPARK = Path(__file__).resolve().parents[2] / ".venv/spark/bin/python"
MODELS = '''
import mlflow
import pandas as pd
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, Schema


class Sees(mlflow.pyfunc.PythonModel):
    """Says what it was shown."""

    def predict(self, context, model_input, params=None):
        columns = list(model_input.columns)
        first = model_input[columns[0]].astype("float64")
        shown = [f"{columns} {kind}" for kind in [model_input.dtypes.astype(str).tolist()] * len(model_input)]
        return pd.DataFrame({"twice": first * 2, "width": len(columns), "shown": shown})


signature = ModelSignature(Schema([ColSpec("double", "a"), ColSpec("long", "b", required=False)]))
mlflow.pyfunc.save_model("plain", python_model=Sees())
mlflow.pyfunc.save_model("signed", python_model=Sees(), signature=signature)
'''
JOB = """
import mlflow
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, DoubleType

spark = SparkSession.builder.getOrCreate()
double = mlflow.pyfunc.spark_udf(spark, "plain", result_type="double")
whole = mlflow.pyfunc.spark_udf(spark, model_uri="plain", result_type="long", env_manager="local")
text = mlflow.pyfunc.spark_udf(spark, "plain", "string")
several = mlflow.pyfunc.spark_udf(spark, "plain", ArrayType(DoubleType()))
signed = mlflow.pyfunc.spark_udf(spark, "signed", result_type="float")
df = spark.read.parquet("table").repartition(1)
out = df.select(
    "id",
    double("x"),
    double(F.struct("x", "s")).alias("of a struct"),
    whole("id", "k").alias("of two"),
    text("id", "s").alias("as text"),
    several("x", "id").alias("a list"),
    signed("x", "id").alias("by position"),
    signed(F.struct(F.col("id").alias("b"), F.col("x").alias("a"))).alias("by name"),
)
out.write.parquet("out")
"""

pytestmark = [pytest.mark.engines, pytest.mark.timeout(300)]


@pytest.fixture(scope="module", autouse=True)
def _needs_mlflow() -> None:
    beside_spark = subprocess.run([SPARK, "-c", "import mlflow.pyfunc"], capture_output=True, check=False)
    if importlib.util.find_spec("mlflow") is None or beside_spark.returncode:
        pytest.skip("needs mlflow or mlflow-skinny in both environments")


def test_a_model_is_fed_and_read_as_by_mlflow(engines: Engines, table: Path, tmp_path: Path) -> None:
    (tmp_path / "models.py").write_text(MODELS, encoding="utf-8")
    job = tmp_path / "job.py"
    job.write_text(JOB, encoding="utf-8")
    made = rewrite(job, everything=True)
    assert made.run == ("job_ray.py",), made.report
    made.write()
    sides = [tmp_path / "spark", tmp_path / "ray"]
    for side in sides:
        side.mkdir()
        (side / "table").symlink_to(table)
        subprocess.run([sys.executable, tmp_path / "models.py"], cwd=side, check=True)
    engines.spark.run(job, sides[0])
    engines.ray.run(made.folder / "job_ray.py", sides[1])
    found = compare(*(side / "out" for side in sides), Options(names=("Spark", "Ray")), format="parquet")
    assert found.verdict is Verdict.EQUAL, "\n".join([*map(str, found.columns), *map(str, found.samples)])
