"""``Correlation.corr``."""

from __future__ import annotations

from migrate.mapping import Case, Difference
from migrate.translate.ml_statistics import MlStatistic


class CorrelationMatrix(MlStatistic):
    """
    ## Matches
    ``Correlation.corr(df, column, method).head()`` or ``.first()`` or ``.collect()``.

    ## Semantics
    Pearson's correlations of all features, or those of their ranks (Spearman's; equal numbers share the mean of their
    ranks, which are made on the driver). Of a feature that is constant they are NaN, but 1 with itself.

    ## Not covered
    The answer as a DataFrame.
    """

    code = "SR634"
    symbols = ("pyspark.ml.stat.Correlation.corr",)
    origin = "pyspark.ml.stat.Correlation"
    parameters = ("dataset", "column", "method")
    differences = (Difference("last digits", "sums are added up in another order: about 1e-15 of a correlation"),)
    cases = (
        Case(
            "the size of both",
            "from pyspark.ml.stat import Correlation\n"
            'assembler = VectorAssembler(inputCols=["id", "flag"], outputCol="vector", handleInvalid="skip")\n'
            "vectors = assembler.transform(df)\n"
            'pearson = Correlation.corr(vectors, "vector").head()\n'
            'spearman = Correlation.corr(vectors, "vector", "spearman").head()[0].toArray()\n'
            'print(pearson["pearson(vector)"].toArray().round(9), spearman.round(9))',
            'pearson = Correlation.corr(vectors, "vector").head()\n'
            'spearman = Correlation.corr(vectors, "vector", "spearman").head()[0].toArray()\n'
            'print(pearson["pearson(vector)"].toArray().round(9), spearman.round(9))',
        ),
        Case(
            "shown",
            'from pyspark.ml.stat import Correlation\nCorrelation.corr(df, "vector").show()',
            None,
        ),
    )
