"""``RFormula``."""

from __future__ import annotations

import ast
import re

from migrate.mapping import Call, Case, NotCarried
from migrate.translate.ml_stages import MlStage
from migrate.translate.stand_ins import made_of

_SUM = re.compile(r"\s*[A-Za-z_]\w*\s*~\s*[A-Za-z_]\w*(\s*\+\s*[A-Za-z_]\w*)*\s*")


class RFormula(MlStage):
    """
    ## Matches
    ``RFormula(formula="y ~ a + b").fit(df)`` and ``model.transform(df)`` with a literal formula that adds up columns.

    ## Semantics
    Texts become indices, then vectors without the last category; numbers stay; all of them side by side. A label that
    is a text is indexed by frequency, a number becomes a double.

    ## Not covered
    ``.``, ``-``, ``:``, ``*`` and ``^`` in a formula.
    """

    code = "SR630"
    symbols = ("RFormula.fit", "RFormulaModel.transform")
    origin = "pyspark.ml.feature.RFormula"
    cases = (
        Case(
            "numbers and texts",
            "from pyspark.ml.feature import RFormula\n"
            'df = df.where("k IS NOT NULL AND id < 9 AND i IS NOT NULL")\n'
            'model = RFormula(formula="i ~ k + id", handleInvalid="keep").fit(df)\n'
            'out = model.transform(df).select("id", "features", "label")',
            'model = RFormula(formula="i ~ k + id", handleInvalid="keep").fit(df)',
        ),
        Case(
            "a text as the label",
            "from pyspark.ml.feature import RFormula\n"
            'df = df.where("k IS NOT NULL")\n'
            'model = RFormula(formula="k ~ id", labelCol="target").fit(df)\n'
            'out = model.transform(df).select("id", "features", "target")',
            'out = model.transform(df).select_columns(["id", "features", "target"])',
        ),
        Case(
            "an interaction",
            'from pyspark.ml.feature import RFormula\nmodel = RFormula(formula="i ~ k : id").fit(df)',
            None,
        ),
    )

    def check(self, call: Call) -> None:
        for maker in made_of(call.module, self.origin):
            given = next((keyword.value for keyword in maker.keywords if keyword.arg == "formula"), None)
            formula = call.bound(given.id) if isinstance(given, ast.Name) else given
            if not isinstance(formula, ast.Constant) or not _SUM.fullmatch(str(formula.value)):
                raise NotCarried(f"the formula on line {maker.lineno} is not a plain sum of columns")
