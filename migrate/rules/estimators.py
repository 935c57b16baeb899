"""The rules of estimators and hyperparameter search."""

from __future__ import annotations

from migrate.findings import Severity
from migrate.ir import HeavyKind
from migrate.rules.model import Rule

RULES = (
    Rule(
        code="SR711",
        name="xgboost-on-spark",
        matches="`xgboost.spark`: `SparkXGBClassifier`, `SparkXGBRegressor`, `SparkXGBRanker`.",
        why=(
            "A barrier stage of Python workers, each of which collects its partition into a matrix before the "
            "first round."
        ),
        do="`ray.train.xgboost.XGBoostTrainer` with the same parameters and `num_workers`.",
        before="""\
SparkXGBClassifier(features_col="features", label_col="y", num_workers=4, max_depth=6).fit(train)""",
        after="""\
XGBoostTrainer(train_loop, datasets={"train": ds}, scaling_config=ScalingConfig(num_workers=4)).fit()""",
        differences=(
            "One worker that reads the same rows in the same order grows the same trees, to the last bit.",
            "Another split of the rows over several workers gives slightly other trees: compare metrics, not trees.",
            "`subsample` draws rows by their place, so such an estimator stays on Spark; so does a ranker.",
        ),
        symbols=("SparkXGBClassifier.fit", "SparkXGBRegressor.fit", "SparkXGBRanker.fit"),
        heavy=(HeavyKind.XGBOOST_SPARK,),
    ),
    Rule(
        code="SR712",
        name="lightgbm-on-spark",
        matches="SynapseML's `LightGBMClassifier` and kin (formerly MMLSpark).",
        why="LightGBM's own network runs inside the executors' JVMs: native, not Python-heavy.",
        do="It stays on Spark unless its surroundings move; then `ray.train.lightgbm.LightGBMTrainer`.",
        before="LightGBMClassifier(numLeaves=31).fit(train)",
        symbols=("LightGBMClassifier.fit", "LightGBMRegressor.fit", "LightGBMRanker.fit"),
        reported=False,
    ),
    Rule(
        code="SR713",
        name="hyperopt-on-spark",
        matches="`hyperopt.fmin(..., trials=SparkTrials(parallelism=n))`.",
        why="Each trial is one Spark task on one executor; Spark sees only a busy core.",
        do=(
            "Ray Tune; `max_concurrent_trials` is the parallelism. The space is written anew (`hp.uniform` "
            "becomes `tune.uniform`), and the objective takes one config."
        ),
        before="""\
best = fmin(objective, space, algo=tpe.suggest, max_evals=50, trials=SparkTrials(parallelism=8))""",
        after="""\
tuner = tune.Tuner(
    objective_of_config,
    param_space=space,
    tune_config=tune.TuneConfig(num_samples=50, max_concurrent_trials=8, metric="loss", mode="min"),
)
best = tuner.fit().get_best_result().config""",
        differences=(
            (
                "Parallel search suggests trials before earlier ones have ended: no two runs try the same points, "
                "on either engine."
            ),
        ),
        symbols=("hyperopt.fmin", "fmin"),
        heavy=(HeavyKind.HYPERPARAM_SEARCH,),
    ),
    Rule(
        code="SR714",
        name="joblib-on-spark",
        matches='`register_spark()` and `parallel_backend("spark")` around scikit-learn.',
        why="Each fit of a grid search becomes a Spark task; the data is pickled into each of them.",
        do='`ray.util.joblib.register_ray()` and `parallel_backend("ray")`: two lines change.',
        before="""\
with parallel_backend("spark", n_jobs=8):
    GridSearchCV(SVC(), grid).fit(x, y)""",
        after="""\
register_ray()
with joblib.parallel_backend("ray", n_jobs=8):
    GridSearchCV(SVC(), grid).fit(x, y)""",
        symbols=("joblib.parallel_backend", "joblib.parallel_config", "sklearn.utils.parallel_backend"),
        heavy=(HeavyKind.HYPERPARAM_SEARCH,),
        reported=False,
    ),
    Rule(
        code="SR715",
        name="hyperparameter-search",
        matches=(
            "A search over settings on Spark's workers: `spark_sklearn.GridSearchCV`, skdist, elephas' "
            "`HyperParamModel`, a loop of `sc.parallelize(grid).map(train)`."
        ),
        why=(
            "Independent trainings are what Spark's scheduler is least made for: no early stopping, no GPUs per "
            "trial, one failure restarts a task from the start."
        ),
        do="Ray Tune, with the same grid as `param_space`.",
        before="scores = sc.parallelize(grid, len(grid)).map(train_and_score).collect()",
        after="""\
tuner = tune.Tuner(train_and_score, param_space={"setting": tune.grid_search(grid)})
scores = tuner.fit().get_dataframe()""",
        heavy=(HeavyKind.HYPERPARAM_SEARCH,),
    ),
    Rule(
        code="SR716",
        name="driver-ml-fit",
        matches=(
            "A model of scikit-learn, XGBoost, LightGBM, Keras or torch that is fitted on the driver, on data "
            "collected with `toPandas()` or `collect()`."
        ),
        why="The cluster waits while one machine trains, and all data must fit in its memory.",
        do=(
            "Hand over by Parquet and train in a Ray task with the resources it needs; several models at once "
            "with Ray Tune or `map_groups`."
        ),
        before="""\
pdf = spark.table("features").toPandas()
model = GradientBoostingClassifier().fit(pdf[columns], pdf["y"])""",
        after="""\
@ray.remote(num_cpus=4)
def fit(path: str) -> GradientBoostingClassifier:
    data = pq.read_table(path).to_pandas()
    return GradientBoostingClassifier().fit(data[columns], data["y"])""",
        differences=("The order of rows decides what a seeded model learns: sort by a key on both sides.",),
        heavy=(HeavyKind.DRIVER_ML_FIT,),
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR717",
        name="elephas",
        matches='elephas: `SparkModel(model, mode="asynchronous").fit(rdd)`.',
        why=("Keras weights go through a parameter server on the driver; asynchronous updates cannot be repeated."),
        do="`TensorflowTrainer` with synchronous data parallelism. Compare accuracy over seeds, not weights.",
        before='SparkModel(model, frequency="epoch", mode="asynchronous").fit(rdd, epochs=5)',
        symbols=(
            "SparkModel.fit",
            "ElephasEstimator.fit",
            "SparkModel",
            "rdd_utils.*",
            "elephas.utils.*",
            "adapter.to_data_frame",
        ),
        heavy=(HeavyKind.ESTIMATOR_OTHER,),
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR718",
        name="sparktorch",
        matches="SparkTorch and sparkflow estimators.",
        why="A network serialised to text, trained in a barrier stage or against a server on the driver.",
        do="`TorchTrainer`, with the network built in the train function.",
        before='SparkTorch(inputCol="features", labelCol="y", torchObj=net, iters=50).fit(df)',
        symbols=("SparkTorch.fit", "SparkAsyncDL.fit"),
        heavy=(HeavyKind.ESTIMATOR_OTHER,),
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR719",
        name="other-estimator",
        matches=(
            "Any other library that trains on Spark's workers: BigDL Orca, H2O Sparkling Water, sparkdl's Keras "
            "estimators."
        ),
        why="Its training loop is its own; there is no mechanical way over.",
        do=(
            "Read the page of the library nearest to it (SR701 to SR718), and plan by hand. The preparation in "
            "front of it moves like any other."
        ),
        before="""\
Estimator.from_torch(model=net, optimizer=opt, loss=loss, backend="spark").fit(df, epochs=3)""",
        heavy=(HeavyKind.ESTIMATOR_OTHER,),
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR720",
        name="deep-learning-pipelines",
        matches="sparkdl (Deep Learning Pipelines): `DeepImageFeaturizer` and kin.",
        why="TensorFlow 1 graphs run inside executors; the library is no longer maintained.",
        do=(
            "The same network from a maintained library, in a class for `map_batches` (SR443). Its numbers are "
            "new: compare downstream accuracy."
        ),
        before="""\
DeepImageFeaturizer(inputCol="image", outputCol="features", modelName="InceptionV3").transform(df)""",
        symbols=(
            "DeepImageFeaturizer.transform",
            "DeepImagePredictor.transform",
            "TFImageTransformer.transform",
            "KerasTransformer.transform",
        ),
        severity=Severity.WARNING,
    ),
)
