"""``GeneralizedLinearRegression``."""

from __future__ import annotations

import ast

from migrate.mapping import Call, Case, Difference, NotCarried
from migrate.translate.ml_stages import MlStage, is_summary
from migrate.translate.names import members_used
from migrate.translate.stand_ins import check_parts, made_of, offer_of

_CHOICES = {
    "family": {"gaussian", "binomial", "poisson", "gamma"},
    "link": {"identity", "log", "inverse", "sqrt", "logit", "cloglog"},
}
_POINTS = (
    "from pyspark.ml.linalg import Vectors\n"
    "from pyspark.ml.regression import GeneralizedLinearRegression\n"
    "points = [(1.0, 0.0, 2.0), (0.0, 1.0, 0.5), (2.0, 3.0, 1.0), (7.0, 2.5, 2.0), (3.0, 0.5, 4.0), (1.0, 2.0, 0.0)]\n"
)
_ROWS = (
    f"{_POINTS}"
    "rows = [(label, Vectors.dense(x, y)) for label, x, y in points]\n"
    'local = spark.createDataFrame(rows, ["label", "features"])\n'
)
_SAID = (
    "said = model.summary\n"
    "print(said.numIterations, said.rank, said.numInstances, said.solver)\n"
    "print(said.degreesOfFreedom, said.residualDegreeOfFreedom, said.residualDegreeOfFreedomNull)\n"
    "print([round(value, 6) for value in [said.deviance, said.nullDeviance, said.dispersion, said.aic]])\n"
    "print([round(value, 6) for value in said.coefficientStandardErrors + said.tValues + said.pValues])\n"
)
_SHOWN = (
    'for kind in ["deviance", "pearson", "response"]:\n    said.residuals(kind).show(truncate=6)\n'
    "print([round(value, 6) for value in model.coefficients.toArray()], round(model.intercept, 6))"
)


class GeneralizedLinearRegression(MlStage):
    """
    ## Matches
    ``GeneralizedLinearRegression(family=..., link=...).fit(df)`` and ``model.transform(df)``, of the gaussian,
    binomial, poisson and gamma families with any of their links but probit.

    ## Semantics
    MLlib's iteratively reweighted least squares, from its starting point and to its stopping rule; each step solves the
    normal equations, with the penalty on the scale that MLlib has it on. The products of all pairs of features are on
    the driver. The summary has MLlib's deviances, errors, t and p values, AIC and the four kinds of residuals.

    ## Not covered
    Weights, offsets, the tweedie family, probit; a summary that is printed as a table, predictions of a summary, and
    what a job does with ``residuals`` beyond ``show``. Without a penalty features that depend on each other: the
    emitted job says so and ends. Sparse vectors are unpacked.
    """

    code = "SR641"
    symbols = ("GeneralizedLinearRegression.fit", "GeneralizedLinearRegressionModel.transform")
    origin = "pyspark.ml.regression.GeneralizedLinearRegression"
    differences = (Difference("last digits", "sums of rows are added up in another order: 1e-12 of a coefficient"),)
    cases = (
        Case(
            "least squares",
            "from pyspark.ml.regression import GeneralizedLinearRegression\n"
            'df = df.where("i IS NOT NULL AND id < 9")\n'
            'rows = VectorAssembler(inputCols=["id"], outputCol="features").transform(df)\n'
            'model = GeneralizedLinearRegression(labelCol="i", linkPredictionCol="link").fit(rows)\n'
            'out = model.transform(rows).select("id", "link", "prediction")',
            'out = model.transform(rows).select_columns(["id", "link", "prediction"])',
            tolerance=(("*", 1e-9),),
        ),
        Case(
            "counts",
            f'{_ROWS}model = GeneralizedLinearRegression(family="poisson", regParam=0.2).fit(local)\n{_SAID}{_SHOWN}',
            'model = GeneralizedLinearRegression(family="poisson", regParam=0.2).fit(local)',
        ),
        Case(
            "two outcomes",
            f"{_POINTS}"
            "rows = [(float(label > 1), Vectors.dense(x)) for label, x, y in points]\n"
            'local = spark.createDataFrame(rows, ["label", "features"])\n'
            f'model = GeneralizedLinearRegression(family="binomial", link="cloglog").fit(local)\n{_SAID}{_SHOWN}',
            'model = GeneralizedLinearRegression(family="binomial", link="cloglog").fit(local)',
        ),
        Case(
            "lifetimes without an intercept",
            f"{_POINTS}"
            "rows = [(label + 1, Vectors.dense(x, y)) for label, x, y in points]\n"
            'local = spark.createDataFrame(rows, ["label", "features"])\n'
            'model = GeneralizedLinearRegression(family="gamma", link="log", fitIntercept=False).fit(local)\n'
            f'{_SAID}said.residuals("working").show(truncate=6)\n{_SHOWN}',
            'model = GeneralizedLinearRegression(family="gamma", link="log", fitIntercept=False).fit(local)',
        ),
        Case(
            "a gaussian with a penalty",
            f"{_ROWS}model = GeneralizedLinearRegression(regParam=0.3).fit(local)\n{_SAID}{_SHOWN}",
            "model = GeneralizedLinearRegression(regParam=0.3).fit(local)",
        ),
        Case(
            "another family",
            "from pyspark.ml.regression import GeneralizedLinearRegression\n"
            'model = GeneralizedLinearRegression(family="tweedie").fit(df)',
            None,
        ),
        Case(
            "the table of a summary",
            f"{_ROWS}model = GeneralizedLinearRegression().fit(local)\nprint(model.summary)",
            None,
        ),
    )

    def check(self, call: Call) -> None:
        for maker in made_of(call.module, self.origin):
            for keyword in maker.keywords:
                known = _CHOICES.get(keyword.arg or "")
                value = keyword.value
                if known and not (isinstance(value, ast.Constant) and value.value in known):
                    raise NotCarried(f"{keyword.arg}={call.text(value)} (line {maker.lineno}) is not mapped yet")
        asked = frozenset(members_used(call.module.tree))
        check_parts(call.module, is_summary, offer_of(self.origin, asked, f"{type(self).__name__}Summary").members)
        check_parts(call.module, _is_residuals, frozenset({"show"}))
        _check_shown(call)


def _is_residuals(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "residuals"


def _check_shown(call: Call) -> None:
    """NotCarried where a summary is handed on as a whole: printed, it is a table of features by their names."""
    for node in ast.walk(call.module.tree):
        handed = [*node.args, *(one.value for one in node.keywords)] if isinstance(node, ast.Call) else []
        handed += [node.value] if isinstance(node, ast.FormattedValue) else []
        for value in handed:
            bound = call.bound(value.id) if isinstance(value, ast.Name) else value
            if bound is not None and is_summary(bound):
                raise NotCarried(f"{call.text(value)} as a whole (line {value.lineno}) is not mapped yet")
