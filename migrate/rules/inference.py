"""The rules of model inference."""

from __future__ import annotations

from migrate.ir import HeavyKind
from migrate.rules.model import Rule

RULES = (
    Rule(
        code="SR443",
        name="model-inference",
        matches=(
            "A trained model applied to many rows, whatever carries it: a UDF, `mapPartitions`, `mapInPandas`, or "
            "a model's `transform`."
        ),
        why=(
            "The work is the model's, not the engine's. What counts is that it is loaded once, gets full batches, "
            "and that reading and scoring overlap."
        ),
        do=(
            "A class for `map_batches` with `concurrency` (and `num_gpus=1` per copy on GPUs); batches sized for "
            "the model, not for Spark."
        ),
        before="rdd.mapPartitions(lambda rows: predict(load_model(), rows))",
        after='ds.map_batches(Predict, batch_format="numpy", batch_size=256, concurrency=2, num_gpus=1)',
        differences=(
            (
                "A model whose result depends on the batch (batch normalisation in training mode, padding) "
                "answers differently for another batch size."
            ),
            (
                "Numpy batches turn integers with NULL into floats and lose values above 2^53: select the model's "
                "columns first."
            ),
        ),
        heavy=(HeavyKind.MODEL_INFERENCE,),
    ),
    Rule(
        code="SR444",
        name="predict-batch-udf",
        matches="`predict_batch_udf(make_predict_fn, return_type=..., batch_size=...)`.",
        why=(
            "Spark's own form of batch inference: a function that loads the model and returns a function over "
            "numpy batches."
        ),
        do=(
            "`make_predict_fn()` goes to the constructor of a class, its result to `__call__`; the batch size "
            "carries over."
        ),
        before="""\
classify = predict_batch_udf(make_predict_fn, return_type=FloatType(), batch_size=64)
df.withColumn("label", classify("pixels"))""",
        after="""\
class Classify:
    def __init__(self) -> None:
        self.predict = make_predict_fn()

    def __call__(self, batch: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        return {**batch, "label": self.predict(batch["pixels"])}


ds.map_batches(Classify, batch_format="numpy", batch_size=64, concurrency=2)""",
        symbols=("pyspark.ml.functions.predict_batch_udf", "predict_batch_udf"),
        heavy=(HeavyKind.PREDICT_BATCH_UDF,),
    ),
    Rule(
        code="SR445",
        name="mlflow-model-udf",
        matches="`mlflow.pyfunc.spark_udf(spark, uri, ...)`.",
        why=(
            "The model is fetched from the registry by each executor, in an environment of its own when "
            "`env_manager` says so."
        ),
        do=(
            "The rewriter loads the model once for each actor and shows it what mlflow does. By hand, load it with "
            "`mlflow.pyfunc.load_model(uri)` in the constructor of a class; set the model's requirements in "
            "`runtime_env`."
        ),
        before="""\
predict = mlflow.pyfunc.spark_udf(spark, "models:/churn/3", result_type="double")
df.withColumn("churn", predict(*columns))""",
        after="""\
class Predict:
    def __init__(self) -> None:
        self.model = mlflow.pyfunc.load_model("models:/churn/3")

    def __call__(self, table: pa.Table) -> pa.Table:
        score = self.model.predict(table.select(columns).to_pandas())
        return table.append_column("churn", pa.array(score, pa.float64()))""",
        symbols=("mlflow.pyfunc.spark_udf",),
        reported=False,
    ),
)
