"""``NaiveBayes``."""

from __future__ import annotations

from migrate.mapping import Case, Difference
from migrate.translate.ml_stages import MlStage

_CLASSES = (
    "from pyspark.ml.classification import NaiveBayes\n"
    "df = df.where(\"k IN ('a', 'b') AND flag IS NOT NULL\")\n"
    'rows = VectorAssembler(inputCols=["id", "flag"], outputCol="features").transform(df)\n'
    'rows = StringIndexer(inputCol="k", outputCol="label").fit(rows).transform(rows)\n'
)
_ANSWER = 'select_columns(["id", "rawPrediction", "probability", "prediction"])'
_ASKED = 'select("id", "rawPrediction", "probability", "prediction")'


class NaiveBayes(MlStage):
    """
    ## Matches
    ``NaiveBayes(modelType=..., smoothing=...).fit(df)`` and ``model.transform(df)``, multinomial, complement, bernoulli
    or gaussian.

    ## Semantics
    MLlib's estimates from the sums of the features of each label, its smoothing, and the small variance that it adds to
    every feature of the gaussian type. A class is the place of its label among those that occur. Sparse vectors stay
    sparse, but for the gaussian type. The driver holds a number for each label and feature.

    ## Not covered
    Weights, ``thresholds``; of the fitted model what is beyond ``transform``, ``pi``, ``theta``, ``numClasses`` and
    ``numFeatures``.
    """

    code = "SR641"
    symbols = ("NaiveBayes.fit", "NaiveBayesModel.transform")
    origin = "pyspark.ml.classification.NaiveBayes"
    differences = (Difference("last digits", "sums of rows are added up in another order: 1e-14 of a probability"),)
    cases = (
        Case(
            "multinomial",
            f"{_CLASSES}model = NaiveBayes(smoothing=0.5).fit(rows)\nout = model.transform(rows).{_ASKED}",
            f"model = NaiveBayes(smoothing=0.5).fit(rows)\nout = model.transform(rows).{_ANSWER}",
            tolerance=(("*", 1e-12),),
        ),
        Case(
            "complement",
            f'{_CLASSES}model = NaiveBayes(modelType="complement").fit(rows)\nout = model.transform(rows).{_ASKED}',
            f'model = NaiveBayes(modelType="complement").fit(rows)\nout = model.transform(rows).{_ANSWER}',
            tolerance=(("*", 1e-12),),
        ),
        Case(
            "gaussian",
            f'{_CLASSES}model = NaiveBayes(modelType="gaussian").fit(rows)\nout = model.transform(rows).{_ASKED}',
            f'model = NaiveBayes(modelType="gaussian").fit(rows)\nout = model.transform(rows).{_ANSWER}',
            tolerance=(("*", 1e-9),),
        ),
        Case(
            "bernoulli, sparse vectors and a label that does not occur",
            "from pyspark.ml.classification import NaiveBayes\n"
            "from pyspark.ml.linalg import Vectors\n"
            "rows = [(0.0, Vectors.sparse(4, [0, 2], [1.0, 1.0])), (3.0, Vectors.dense(0.0, 1.0, 0.0, 1.0))]\n"
            "rows += [(1.0, Vectors.sparse(4, [3], [1.0])), (1.0, Vectors.sparse(4, [], [])), rows[0]]\n"
            'local = spark.createDataFrame(rows, ["label", "features"])\n'
            'model = NaiveBayes(modelType="bernoulli").fit(local)\n'
            "print(model.numClasses, model.numFeatures, model.pi.toArray().round(9))\n"
            "print(model.theta.toArray().round(9))\n"
            'out = model.transform(local).select("label", "rawPrediction", "probability", "prediction")',
            'model = NaiveBayes(modelType="bernoulli").fit(local)',
            tolerance=(("*", 1e-12),),
        ),
        Case(
            "weights of rows",
            'from pyspark.ml.classification import NaiveBayes\nmodel = NaiveBayes(weightCol="x").fit(df)',
            None,
        ),
    )
