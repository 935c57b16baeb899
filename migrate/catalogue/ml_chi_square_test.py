"""``ChiSquareTest.test``."""

from __future__ import annotations

from migrate.mapping import Case
from migrate.translate.ml_statistics import MlStatistic


class ChiSquare(MlStatistic):
    """
    ## Matches
    ``ChiSquareTest.test(df, featuresCol, labelCol).head()`` or ``.first()`` or ``.collect()``.

    ## Semantics
    Pearson's test of each feature against the label, every value a category: p values, degrees of freedom and
    statistics.

    ## Not covered
    ``flatten``, and the answer as a DataFrame.
    """

    code = "SR634"
    symbols = ("pyspark.ml.stat.ChiSquareTest.test",)
    origin = "pyspark.ml.stat.ChiSquareTest"
    parameters = ("dataset", "featuresCol", "labelCol")
    cases = (
        Case(
            "two features",
            "from pyspark.ml.stat import ChiSquareTest\n"
            'assembler = VectorAssembler(inputCols=["flag", "id"], outputCol="vector", handleInvalid="skip")\n'
            'tested = ChiSquareTest.test(assembler.transform(df), "vector", "id").head()\n'
            "print(tested.degreesOfFreedom, tested.pValues.toArray().round(9), tested.statistics.toArray().round(9))",
            'tested = ChiSquareTest.test(assembler.transform(df), "vector", "id").head()',
        ),
        Case(
            "a row for each feature",
            'from pyspark.ml.stat import ChiSquareTest\nprint(ChiSquareTest.test(df, "vector", "id", True).head())',
            None,
        ),
    )
