"""The features of ``pyspark.mllib``, which work on vectors and on RDDs of them."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Difference, Emission, Mapping, NotCarried
from migrate.translate.names import members_used
from migrate.translate.rdds import BY_HASH
from migrate.translate.stand_ins import check_uses, offer_of, stand_ins

_CLASSES = ("ElementwiseProduct", "HashingTF", "IDF", "Normalizer", "StandardScaler")


class MllibFeatures(Mapping):
    """
    ## Matches
    ``ElementwiseProduct``, ``HashingTF``, ``IDF``, ``Normalizer`` and ``StandardScaler`` of ``pyspark.mllib.feature``.

    ## Semantics
    One vector or an RDD of them; a sparse vector stays sparse and keeps the entries that it stores. The sample
    deviation (n - 1), a constant feature becomes 0. ``HashingTF`` goes by Python's hash, with the seed that Spark's
    workers have.

    ## Not covered
    What a job asks of a fitted model beyond its vectors and ``transform``.
    """

    code = "SR604"
    symbols = tuple(f"pyspark.mllib.feature.{name}.{method}" for name in _CLASSES for method in ("fit", "transform"))
    kind = Kind.PROJECT
    cost = Cost.PYTHON
    differences = (Difference("last digits", "moments are added up in another order: about 1e-15 of a scaled value"),)
    cases = (
        Case(
            "scaled",
            "from pyspark.mllib import feature\n"
            "from pyspark.mllib.linalg import Vectors\n\n"
            "rows = [Vectors.dense(1, 2, 5), Vectors.sparse(3, {1: -2.0, 2: 4.0}), Vectors.dense(0, 0, 0)]\n"
            "vectors = spark.sparkContext.parallelize(rows, 2)\n"
            "scaler = feature.StandardScaler(withMean=True, withStd=True).fit(vectors)\n"
            "print(scaler.transform(vectors).map(lambda vector: vector.toArray().round(9)).collect())\n"
            "print(feature.Normalizer(1.0).transform(vectors).collect())\n"
            "print(feature.Normalizer(float('inf')).transform(rows[0]))\n"
            "print(feature.ElementwiseProduct([2.0, 0, 1]).transform(vectors).collect())",
            "scaler = StandardScaler(withMean=True, withStd=True).fit(vectors)",
        ),
        Case(
            "words",
            "from pyspark.mllib.feature import IDF, HashingTF\n\n"
            "words = spark.sparkContext.parallelize(['the quick fox', 'the lazy dog the end', ''], 2).map(str.split)\n"
            "counts = HashingTF(32).transform(words)\n"
            "weights = IDF(minDocFreq=2).fit(counts)\n"
            "print(counts.collect(), weights.transform(counts).map(str).collect())",
            "weights = IDF(minDocFreq=2).fit(counts)",
        ),
        Case(
            "what the model says of itself",
            "from pyspark.mllib.feature import IDF\n\nmodel = IDF().fit(df.rdd)\nprint(model.docFreq())",
            None,
        ),
    )

    def emit(self, call: Call) -> Emission:
        origin, _, method = call.stage.symbol.rpartition(".")
        fits = [one for one in call.job.stages if one.kind is Kind.FIT and one.symbol == f"{origin}.fit"]
        check_uses(
            call.module,
            origin,
            offer_of(origin, frozenset(members_used(call.module.tree))),
            {one.result for one in fits if one.result is not None},
            by_position=True,
        )
        if call.stage.links:
            raise NotCarried(f"{call.stage.links[0].symbol} in front of it is not mapped yet")
        sorts = frozenset({BY_HASH} if origin.endswith(".HashingTF") else ())
        offers = frozenset({"transform"} if method == "fit" else ())
        return Emission(helpers=(stand_ins()[origin],), sorts=sorts, offers=offers)
