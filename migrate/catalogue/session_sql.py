"""``SparkSession.sql``."""

from __future__ import annotations

import ast

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping, NotCarried
from migrate.translate.projections import mapped, selected
from migrate.translate.views import maker_of, variable_of


class SessionSql(Mapping):
    """
    ## Matches
    ``spark.sql("SELECT ... FROM view WHERE ...")`` over one temporary view of the job.

    ## Semantics
    Those of ``select`` and ``filter`` with expressions in SQL.

    ## Not covered
    Joins, groups, orders and limits in SQL, subqueries, tables of a catalogue, parameters, and statements that are
    made when the job runs.
    """

    code = "SR325"
    symbols = ("SparkSession.sql",)
    kind = Kind.PROJECT
    cost = Cost.NATIVE
    cases = (
        Case(
            "columns and a condition",
            'df.createOrReplaceTempView("t")\n'
            "out = spark.sql(\"SELECT id, upper(k) AS k, x FROM t WHERE x >= 0 OR k = 'a'\")",
            "t_view = df\n"
            "out = t_view.map_batches(lambda batch: batch.filter(pc.or_kleene(compared(batch['x'], '>=', 0), "
            "compared(batch['k'], '==', 'a'))), batch_format='pyarrow').map_batches(lambda batch: pa.table({"
            "'id': batch['id'], 'k': each(str.upper, pa.string(), batch['k']), 'x': batch['x']}), "
            "batch_format='pyarrow')",
        ),
        Case("groups", 'df.createTempView("t")\nout = spark.sql("SELECT k, count(*) FROM t GROUP BY k")', None),
        Case("a table", 'out = spark.sql("SELECT * FROM somewhere.table")', None),
    )

    def emit(self, call: Call) -> Emission:
        text = call.argument("sqlQuery", 0)
        if not isinstance(text, ast.Constant) or not isinstance(text.value, str) or len(call.stage.args) != 1:
            raise NotCarried("the statement is not written down as one literal")
        query = call.selection(text.value)
        maker_of(call, query.table)
        steps = [selected(query.columns)]
        if query.where is not None:
            if query.where.single:
                raise NotCarried("a condition that is one for all rows is not mapped")
            where = query.where
            steps.insert(0, mapped(f"batch.filter({where.text})", where.helpers, where.imports))
        return Emission(
            variable_of(call, query.table) + "".join(step.text or "" for step in steps),
            helpers=tuple(sorted({helper for step in steps for helper in step.helpers})),
            imports=tuple(sorted({line for step in steps for line in step.imports})),
        )
