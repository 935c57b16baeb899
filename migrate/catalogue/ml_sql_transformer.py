"""``SQLTransformer``."""

from __future__ import annotations

import ast

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Edit, Emission, Mapping, NotCarried
from migrate.translate.projections import picked

_CLASS = "pyspark.ml.feature.SQLTransformer"


class SqlTransformer(Mapping):
    """
    ## Matches
    ``SQLTransformer(statement="SELECT columns FROM __THIS__ WHERE condition").transform(df)`` with a literal statement.

    ## Semantics
    Expressions are those of ``selectExpr`` and ``filter``: the statement becomes functions over batches.

    ## Not covered
    Joins, groups and sorts in the statement, and a transformer inside of a ``Pipeline``.
    """

    code = "SR631"
    symbols = ("SQLTransformer.transform",)
    kind = Kind.PROJECT
    cost = Cost.NATIVE
    cases = (
        Case(
            "columns",
            "from pyspark.ml.feature import SQLTransformer\n"
            'more = SQLTransformer(statement="SELECT *, (id + i) AS sum, x * 2.5 FROM __THIS__")\n'
            "out = more.transform(df)",
            "more = SQLTransformer(statement=[lambda batch: pa.table({**star(batch, ['sum', '(x * 2.5)']), "
            "'sum': calculated(batch['id'], '+', batch['i']), "
            "'(x * 2.5)': calculated(batch['x'], '*', pa.scalar(Decimal('2.5')))})])\n"
            "out = more.transform(df)",
        ),
        Case(
            "columns of some rows",
            "from pyspark.ml.feature import SQLTransformer\n"
            'some = SQLTransformer(statement="SELECT id, s FROM __THIS__ WHERE i > 1")\n'
            "out = some.transform(df)",
            "some = SQLTransformer(statement=[lambda batch: batch.filter(compared(batch['i'], '>', 1)), "
            "lambda batch: pa.table({'id': batch['id'], 's': batch['s']})])\n"
            "out = some.transform(df)",
        ),
        Case(
            "groups",
            "from pyspark.ml.feature import SQLTransformer\n"
            'groups = SQLTransformer(statement="SELECT k, count(*) AS n FROM __THIS__ GROUP BY k")\n'
            "out = groups.transform(df)",
            None,
        ),
    )

    def emit(self, call: Call) -> Emission:
        statement = _statement(call)
        query = call.selection(str(statement.value))
        if query.table != "__this__":
            raise NotCarried(f"the statement reads {query.table} and not __THIS__")
        helpers, steps = {"sql_transformer"}, []
        imports: set[str] = set()
        if query.where is not None:
            steps.append(f"lambda batch: batch.filter({query.where.text})")
            helpers |= query.where.helpers
            imports |= query.where.imports
        if query.columns != (None,):
            made = picked(query.columns)
            steps.append(f"lambda batch: {made.source}")
            helpers |= made.helpers
            imports |= made.imports
        return Emission(
            edits=(Edit(call.span(statement), f"[{', '.join(steps)}]"),),
            helpers=tuple(sorted(helpers)),
            imports=tuple(sorted(imports)),
        )


def _statement(call: Call) -> ast.Constant:
    """The literal statement of the transformer that a call is made on."""
    method = call.node().func
    receiver = method.value if isinstance(method, ast.Attribute) else None
    made = call.bound(receiver.id) if isinstance(receiver, ast.Name) else receiver
    makers = [
        node
        for node in ast.walk(call.module.tree)
        if isinstance(node, ast.Name | ast.Attribute) and call.resolve(node) == _CLASS
    ]
    if len(call.stage.args) != 1 or not isinstance(made, ast.Call) or makers != [made.func]:
        raise NotCarried("where the SQLTransformer is made cannot be told, or several are")
    given = [keyword.value for keyword in made.keywords]
    if made.args or len(given) != 1 or not isinstance(given[0], ast.Constant) or not isinstance(given[0].value, str):
        raise NotCarried("the statement of the SQLTransformer is not a literal")
    return given[0]
