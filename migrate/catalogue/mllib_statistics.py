"""The statistics of ``pyspark.mllib``."""

from __future__ import annotations

import ast

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Difference, Emission, Mapping, NotCarried

_STATISTICS = "pyspark.mllib.stat.Statistics"
_DENSITY = "pyspark.mllib.stat.KernelDensity.setSample"
_CHOICES = {"corr": ("method", 2, "pearson"), "kolmogorovSmirnovTest": ("distName", 1, "norm")}


class MllibStatistics(Mapping):
    """
    ## Matches
    ``Statistics.colStats``, ``corr`` (Pearson), ``chiSqTest`` and ``kolmogorovSmirnovTest`` (normal distribution), and
    ``KernelDensity``.

    ## Semantics
    Vectors of any kind. Results are said in MLlib's words, p-values included.

    ## Not covered
    Spearman's correlation, other distributions, chi-squared tests with an expected count of 0.
    """

    code = "SR634"
    symbols = (*(f"{_STATISTICS}.{name}" for name in ("colStats", "chiSqTest", *_CHOICES)), _DENSITY)
    kind = Kind.ACTION
    cost = Cost.DRIVER
    differences = (
        Difference("last digits", "numbers are added up in another order"),
        Difference("p-values", "beyond 140 numbers MLlib approximates the Kolmogorov-Smirnov p-value, to about 1e-6"),
    )
    cases = (
        Case(
            "columns",
            "from pyspark.mllib.stat import Statistics\n\n"
            "rows = [[1.0, -10.0, 0.0], [2.0, 20.0, 0.0], [3.0, 30.0, 300.0], [0.5, 0.0, 7.0]]\n"
            "vectors = spark.sparkContext.parallelize(rows, 2)\n"
            "summary = Statistics.colStats(vectors)\n"
            "print(summary.mean(), summary.variance().round(6), summary.count(), summary.numNonzeros())\n"
            "print(summary.max(), summary.min(), summary.normL1(), summary.normL2().round(6))\n"
            "print(Statistics.corr(vectors, method='pearson').round(9))\n"
            "first = vectors.map(lambda row: row[0])\n"
            "print(round(Statistics.corr(first, vectors.map(lambda row: row[1])), 9))",
            "summary = Statistics.colStats(vectors)",
        ),
        Case(
            "tests",
            "from pyspark.mllib.linalg import Matrices, Vectors\n"
            "from pyspark.mllib.regression import LabeledPoint\n"
            "from pyspark.mllib.stat import KernelDensity, Statistics\n\n"
            "sc = spark.sparkContext\n"
            "print(Statistics.chiSqTest(Vectors.dense(12.0, 3, 1)), Statistics.chiSqTest(Vectors.dense(12.0, 5, 4)))\n"
            "print(Statistics.chiSqTest(Matrices.dense(3, 2, [1.0, 3.0, 5.0, 2.0, 4.0, 6.0])).degreesOfFreedom)\n"
            "points = [LabeledPoint(1.0, [1.0, 0.0]), LabeledPoint(0.0, [-1.0, 0.0]), LabeledPoint(2.0, [1.0, 5.0])]\n"
            "for result in Statistics.chiSqTest(sc.parallelize(points)):\n"
            "    print(round(result.statistic, 9), result.degreesOfFreedom)\n"
            "print(Statistics.kolmogorovSmirnovTest(sc.parallelize([0.1, 0.15, 0.2, 0.3, 0.25]), 'norm', 0, 1))\n"
            "density = KernelDensity()\n"
            "density.setSample(sc.parallelize([1.0, 2.0, 5.5], 2))\n"
            "density.setBandwidth(3.0)\n"
            "print(density.estimate([-1.0, 2.0]).round(12))",
            "density.setSample(parallelize([1.0, 2.0, 5.5], 2))",
        ),
        Case(
            "ranks",
            "from pyspark.mllib.stat import Statistics\n\nprint(Statistics.corr(df.rdd, method='spearman'))",
            None,
        ),
    )

    def emit(self, call: Call) -> Emission:
        if call.stage.symbol == _DENSITY:
            return Emission(helpers=("mllib_kernel_density",))
        name = call.stage.symbol.rpartition(".")[2]
        if name in _CHOICES:
            argument, position, known = _CHOICES[name]
            node = call.argument(argument, position)
            value = call.bound(node.id) if isinstance(node, ast.Name) else node
            if node is not None and not (isinstance(value, ast.Constant) and value.value in {known, None}):
                raise NotCarried(f"{name} with another {argument} than {known!r} is not mapped yet")
        return Emission(helpers=("mllib_statistics",))
