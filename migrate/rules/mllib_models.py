"""The rules of MLlib's models and tuning."""

from __future__ import annotations

from migrate.findings import Severity
from migrate.ir import HeavyKind
from migrate.rules.model import Rule

RULES = (
    Rule(
        code="SR641",
        name="mllib-linear-model",
        matches="MLlib's linear models and naive Bayes.",
        why="They train in the JVM on Spark's own optimiser. There is nothing Python-heavy about them.",
        do="Stay on Spark. Another library is another model: compare its accuracy, not its numbers.",
        before="LogisticRegression(maxIter=20).fit(train)",
        symbols=(
            "LogisticRegression",
            "LogisticRegression.fit",
            "LinearRegression",
            "LinearRegression.fit",
            "GeneralizedLinearRegression",
            "GeneralizedLinearRegression.fit",
            "LinearSVC",
            "LinearSVC.fit",
            "AFTSurvivalRegression",
            "AFTSurvivalRegression.fit",
            "IsotonicRegression",
            "IsotonicRegression.fit",
            "NaiveBayes",
            "NaiveBayes.fit",
        ),
        heavy=(HeavyKind.MLLIB_FIT,),
    ),
    Rule(
        code="SR642",
        name="mllib-tree-model",
        matches="MLlib's trees, forests and boosted trees.",
        why="JVM training. Teams often leave them for XGBoost or LightGBM, which then is the real migration.",
        do="Stay on Spark; or retrain with XGBoost on Ray Train and compare the metrics over seeds.",
        before="GBTClassifier(maxIter=50).fit(train)",
        symbols=(
            "RandomForestClassifier",
            "RandomForestClassifier.fit",
            "RandomForestRegressor",
            "RandomForestRegressor.fit",
            "GBTClassifier",
            "GBTClassifier.fit",
            "GBTRegressor",
            "GBTRegressor.fit",
            "DecisionTreeClassifier",
            "DecisionTreeClassifier.fit",
            "DecisionTreeRegressor",
            "DecisionTreeRegressor.fit",
        ),
        heavy=(HeavyKind.MLLIB_FIT,),
    ),
    Rule(
        code="SR643",
        name="mllib-clustering",
        matches="MLlib's clustering: k-means, mixtures, LDA.",
        why="Results depend on the random start; cluster numbers have no meaning across runs.",
        do="Stay on Spark.",
        before="KMeans(k=8, seed=1).fit(df)",
        symbols=(
            "KMeans",
            "KMeans.fit",
            "BisectingKMeans",
            "BisectingKMeans.fit",
            "GaussianMixture",
            "GaussianMixture.fit",
            "LDA",
            "LDA.fit",
            "PowerIterationClustering",
        ),
        heavy=(HeavyKind.MLLIB_FIT,),
    ),
    Rule(
        code="SR644",
        name="als",
        matches="`ALS` matrix factorisation and its recommendations.",
        why="A shuffle-heavy algorithm for which Spark is a good home.",
        do="Stay on Spark.",
        before='ALS(userCol="user", itemCol="item", ratingCol="rating").fit(ratings)',
        symbols=(
            "ALS",
            "ALS.fit",
            "Model.recommendForAllUsers",
            "Model.recommendForAllItems",
            "Model.recommendForUserSubset",
            "Model.recommendForItemSubset",
        ),
        heavy=(HeavyKind.MLLIB_FIT,),
    ),
    Rule(
        code="SR645",
        name="mllib-other-estimator",
        matches="The `fit` of any other MLlib estimator.",
        why="It trains in the JVM. The job's framework downstream is Spark.",
        do="Stay on Spark. Only where it feeds, or is fed by, Python training is a split worth a look.",
        before="model = FPGrowth().fit(baskets)",
        heavy=(HeavyKind.MLLIB_FIT,),
    ),
    Rule(
        code="SR646",
        name="mllib-evaluator",
        matches="MLlib's evaluators.",
        why=(
            "The figure that a migration is judged by. Definitions differ: area under the curve is binned in "
            "MLlib for large data."
        ),
        do="Compute the metric with one library on both engines when it is compared.",
        before="BinaryClassificationEvaluator().evaluate(predictions)",
        symbols=(
            "Evaluator.evaluate",
            "BinaryClassificationEvaluator.evaluate",
            "ClusteringEvaluator.evaluate",
            "MulticlassClassificationEvaluator.evaluate",
            "RegressionEvaluator.evaluate",
        ),
    ),
    Rule(
        code="SR647",
        name="cross-validator",
        matches="`CrossValidator`, `TrainValidationSplit`.",
        why=(
            "It fits one model for each fold and setting, `parallelism` of them at once, from a thread pool on "
            "the driver."
        ),
        do=(
            "Give the folds a column, `foldCol`: then the search moves with the estimators that do, and is the same. "
            "For Python models use Ray Tune (SR715)."
        ),
        before="""\
CrossValidator(estimator=lr, estimatorParamMaps=grid, evaluator=auc, numFolds=5, parallelism=4).fit(train)""",
        differences=("The folds come from Spark's random split: see SR319.",),
        symbols=("CrossValidator", "CrossValidator.fit", "TrainValidationSplit", "TrainValidationSplit.fit"),
        heavy=(HeavyKind.HYPERPARAM_SEARCH,),
    ),
    Rule(
        code="SR648",
        name="model-save-and-load",
        matches="`model.write().save(path)`, `PipelineModel.load(path)`.",
        why="A saved MLlib model is Parquet and JSON, with the parameters and what was learned.",
        do=(
            "Rewrite the job where the saved model can be read: pipelines of stages that are mapped load on Ray. The "
            "linear models of `pyspark.mllib` are saved there too, in files that Spark loads. Keep the others on Spark."
        ),
        before='model = PipelineModel.load("models/churn")',
        symbols=(
            "mlflow.spark.*",
            "MLWriter.save",
            "Model.save",
            "Model.load",
            "PipelineModel.load",
            "LinearRegressionModel.load",
            "LogisticRegressionModel.load",
            "SVMModel.load",
        ),
    ),
    Rule(
        code="SR649",
        name="rdd-based-mllib",
        matches="`pyspark.mllib`: the RDD API of MLlib, in maintenance since Spark 2.",
        why=("`LabeledPoint` and `Vectors` are Python objects: everything around the JVM training is row-wise Python."),
        do=("First move to `pyspark.ml` on Spark, which makes the preparation native. That alone is often the gain."),
        before="model = LogisticRegressionWithLBFGS.train(points)",
        symbols=(
            "MllibTrainer.train",
            "MllibTrainer.trainRegressor",
            "MllibTrainer.trainClassifier",
            "MllibFeature.fit",
            "MllibTrainer.*",
            "MllibFeature.*",
            "LinearRegressionWithSGD.*",
            "LogisticRegressionWithSGD.*",
            "LogisticRegressionWithLBFGS.*",
            "SVMWithSGD.*",
            "BisectingKMeans.train",
            "IsotonicRegression.train",
            "RandomRDDs.*",
            "MLUtils.*",
            "RDD.loadLibSVMFile",
        ),
        heavy=(HeavyKind.MLLIB_FIT, HeavyKind.MLLIB_FEATURE_FIT),
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR650",
        name="custom-transformer",
        matches="A class of the job that extends MLlib's `Transformer` or `Estimator`.",
        why="Its `_transform` is ordinary DataFrame code; only the UDFs inside are Python-heavy.",
        do="It is read like any function. Its persistence (`DefaultParamsReadable`) has no counterpart.",
        before="""\
class Clean(Transformer):
    def _transform(self, df):
        return df.withColumn("text", tidy("text"))""",
        symbols=("Transformer.transform",),
    ),
)
