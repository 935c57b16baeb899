"""UDFs of a job: where they are made, how Spark calls them and what they become."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from migrate.frontend.module import Module
from migrate.ir import Span
from migrate.mapping import Edit, NotCarried
from migrate.translate.edits import Lines
from migrate.translate.locate import binding, bound_value, functions
from migrate.translate.set_up import SetUp, class_of, set_up_of
from migrate.translate.settings import ROWS, ZONE, pandas_options
from migrate.translate.spark_types import ArrowType, arrow_type

_FUNCTIONS = "pyspark.sql.functions."
_PANDAS_MODULE = "pyspark.sql.pandas.functions."
_MAKERS = {
    f"{_FUNCTIONS}udf": "udf",
    f"{_FUNCTIONS}pandas_udf": "pandas_udf",
    f"{_PANDAS_MODULE}pandas_udf": "pandas_udf",
}
_PREDICT = "pyspark.ml.functions.predict_batch_udf"
_MODEL = "mlflow.pyfunc.spark_udf"
_PREDICT_OPTIONS = ("batch_size", "input_tensor_shapes")
_SCALAR = r"pa\.(bool_|float32|float64|int32|int64|string)\(\)"
_ANSWERS = re.compile(rf"{_SCALAR}|pa\.list_\({_SCALAR}\)")
_STRING = ArrowType("pa.string()", frozenset({"string"}))


@dataclass(frozen=True)
class Form:
    """A way in which Spark calls a function: the class that does so in the emitted file, and the helper that holds it.

    ``aggregates`` says that it makes one value of many rows, ``loads`` that it loads a model.
    """

    name: str
    helper: str
    aggregates: bool = False
    loads: bool = False


ROW = Form("RowUdf", "row_udf")
PANDAS = Form("PandasUdf", "pandas_udf")
ITERATOR = Form("IteratorUdf", "iterator_udf")
AGGREGATE = Form("AggregateUdf", "aggregate_udf", aggregates=True)
LOADING = Form("LoadingUdf", "loading_udf", loads=True)
PREDICT = Form("PredictBatchUdf", "predict_batch_udf", loads=True)
MODEL = Form("ModelUdf", "model_udf", loads=True)
FORMS = (ROW, PANDAS, ITERATOR, AGGREGATE, LOADING, PREDICT, MODEL)
_BY_NAME = {"SCALAR": PANDAS, "SCALAR_ITER": ITERATOR, "GROUPED_AGG": AGGREGATE}


@dataclass(frozen=True)
class Udf:
    """A UDF: the expression that makes it one, its function, its declared type, and how Spark calls it.

    ``function`` is None under a decorator; ``form`` is None for a way that has no counterpart. ``title`` is the
    function's own name, None where it cannot be told. ``unknown`` are the arguments of its maker that are not mapped,
    ``options`` those that stay as they are. ``set_up`` is the class that the function becomes where it loads something
    in front of its loop; under a decorator ``definition`` is that function.
    """

    maker: ast.expr
    function: ast.expr | None
    declared: ast.expr | None
    form: Form | None
    title: str | None
    unknown: tuple[str, ...] = ()
    options: tuple[ast.keyword, ...] = ()
    set_up: SetUp | None = None
    definition: ast.FunctionDef | None = None

    def arrow(self, module: Module, scope: str) -> ArrowType:
        """The declared type, a string where none is; NotCarried for a UDF or a type that is not mapped."""
        if self.unknown:
            raise NotCarried(f"a UDF made with {', '.join(self.unknown)} is not mapped yet")
        if self.form is None:
            raise NotCarried("how Spark calls this pandas UDF is not mapped yet")
        if self.form is MODEL and self.declared is None:
            raise NotCarried("the type that a model's answers have is only in the model; give it as result_type")
        if self.declared is None:
            return _STRING
        kind = arrow_type(self.declared, module.resolve, lambda name: bound_value(module, name, scope))
        if self.form is MODEL and not _ANSWERS.fullmatch(kind.text):
            raise NotCarried(f"a model of mlflow that answers {kind.text} is not mapped")
        return kind

    def text(self, module: Module, scope: str) -> str:
        """What stands in the place of its maker."""
        kind = self.arrow(module, scope).text
        assert self.form is not None
        options = "".join(f", {module.segment(option)}" for option in self.options)
        options += "" if self.form is ROW else pandas_options(module, ZONE, ROWS)
        if self.set_up is not None:
            return f"{self.form.name}({self.set_up.name}, {kind}{options})"
        if self.function is None:
            return f"partial({self.form.name}, dtype={kind}{options})"
        return f"{self.form.name}({module.segment(self.function)}, {kind}{options})"

    def edits(self, module: Module, scope: str) -> Iterator[Edit]:
        """The edits that make a UDF of the emitted file of it."""
        span: Span = module.span(self.maker)
        if self.set_up is None or self.definition is None:
            yield Edit(span, self.text(module, scope))
        else:
            # The class cannot bear the name by which the UDF is called, so that comes behind it.
            end, indent = (self.definition.end_lineno or 0) + 1, Lines(module.text).indent(self.definition.lineno)
            yield Edit(replace(span, column=0, end_line=span.end_line + 1, end_column=0), "")
            made = f"\n\n{indent}{self.definition.name} = {self.text(module, scope)}\n"
            yield Edit(replace(span, line=end, column=0, end_line=end, end_column=0), made)
        yield from self.set_up.edits if self.set_up is not None else ()


def udf_named(module: Module, name: str, scope: str) -> Udf | None:
    """The UDF that a name stands for in a scope, None when it is none."""
    bound = binding(module, name, scope)
    if isinstance(bound, ast.Call):
        return udf_made(module, bound, scope)
    return _decorated(module, bound) if isinstance(bound, ast.FunctionDef) else None


def udfs_of(module: Module) -> Iterator[tuple[Udf, str]]:
    """Every UDF that a module makes, with the scope it is made in."""
    scopes = [("", [node for node in module.tree.body if not isinstance(node, ast.FunctionDef | ast.ClassDef)])]
    for scope, function in functions(module).items():
        decorated = _decorated(module, function)
        if decorated is not None:
            yield decorated, scope.rpartition(".")[0]
        scopes.append((scope, list(function.body)))
    seen = {id(decorator) for function in functions(module).values() for decorator in function.decorator_list}
    for scope, body in reversed(scopes):
        for statement in body:
            for node in ast.walk(statement):
                if isinstance(node, ast.Call) and id(node) not in seen:
                    seen.add(id(node))
                    made = udf_made(module, node, scope)
                    if made is not None:
                        yield made, scope


def unread_by_udfs(module: Module, statement: ast.stmt, scope: str) -> set[str]:
    """The names that a statement no longer reads once its UDFs are Ray's: the session that mlflow is given."""
    given: set[int] = set()
    for node in (one for one in ast.walk(statement) if isinstance(one, ast.Call)):
        udf = udf_made(module, node, scope)
        if udf is not None and udf.form is MODEL and not udf.unknown and udf.declared is not None:
            session = _arguments(node, ("spark",)).get("spark")
            given |= {id(part) for part in ast.walk(session)} if session is not None else set()
    names = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
    return {node.id for node in names if id(node) in given} - {node.id for node in names if id(node) not in given}


def udf_made(module: Module, call: ast.Call, scope: str) -> Udf | None:
    """The UDF that a call makes of a function (``udf(f, "int")``), None where it makes none."""
    if module.resolve(call.func) == _PREDICT:
        return _predict_batch(call)
    if module.resolve(call.func) == _MODEL:
        return _model(call)
    maker = _MAKERS.get(module.resolve(call.func) or "")
    given = _arguments(call, ("f", "returnType", "functionType"))
    if maker is None or "f" not in given:
        return None
    function = given["f"]
    definition: ast.expr | ast.FunctionDef | None = function if isinstance(function, ast.Lambda) else None
    if isinstance(function, ast.Name):
        definition = binding(module, function.id, scope) or function
    title = "<lambda>" if isinstance(function, ast.Lambda) else getattr(definition, "name", None)
    form = _form(module, maker, given.get("functionType"), definition)
    set_up = set_up_of(module, function) if form is ITERATOR else None
    return Udf(
        call,
        function,
        given.get("returnType"),
        form if set_up is None else LOADING,
        title,
        _unknown(call),
        set_up=set_up,
    )


def _predict_batch(call: ast.Call) -> Udf | None:
    given = _arguments(call, ("make_predict_fn",))
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    if "make_predict_fn" not in given:
        return None
    unknown = {str(name) for name in named} - {"make_predict_fn", "return_type", *_PREDICT_OPTIONS}
    options = tuple(keyword for keyword in call.keywords if keyword.arg in _PREDICT_OPTIONS)
    return Udf(
        call, given["make_predict_fn"], named.get("return_type"), PREDICT, "predict", tuple(sorted(unknown)), options
    )


def _model(call: ast.Call) -> Udf | None:
    given = _arguments(call, ("spark", "model_uri", "result_type"))
    named = {str(keyword.arg): keyword.value for keyword in call.keywords}
    manager = named.pop("env_manager", None)
    if manager is not None and not (isinstance(manager, ast.Constant) and manager.value in {None, "local"}):
        named["env_manager"] = manager
    if "model_uri" not in given:
        return None
    return Udf(
        call, given["model_uri"], given.get("result_type"), MODEL, "udf", tuple(sorted(named.keys() - given.keys()))
    )


def _decorated(module: Module, function: ast.FunctionDef) -> Udf | None:
    for decorator in function.decorator_list:
        call = decorator if isinstance(decorator, ast.Call) else None
        maker = _MAKERS.get(module.resolve(call.func if call else decorator) or "")
        if maker is None:
            continue
        given = _arguments(call, ("returnType", "functionType")) if call else {}
        form = _form(module, maker, given.get("functionType"), function)
        unknown = _unknown(call) if call else ()
        alone = form is ITERATOR and len(function.decorator_list) == 1 and function.end_lineno != len(module.lines)
        set_up = class_of(module, function) if alone else None
        if set_up is not None:
            declared = given.get("returnType")
            return Udf(decorator, None, declared, LOADING, function.name, unknown, (), set_up, function)
        return Udf(decorator, None, given.get("returnType"), form, function.name, unknown)
    return None


def _arguments(call: ast.Call, names: tuple[str, ...]) -> dict[str, ast.expr]:
    named = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg in names}
    return {**dict(zip(names, call.args, strict=False)), **{str(name): value for name, value in named.items()}}


def _unknown(call: ast.Call) -> tuple[str, ...]:
    known = {"f", "returnType", "functionType"}
    return tuple(sorted(str(keyword.arg) for keyword in call.keywords if keyword.arg not in known))


def _form(module: Module, maker: str, given: ast.expr | None, function: ast.AST | None) -> Form | None:
    """How Spark calls the function: by rows, by what the maker says, or by the annotations of a pandas UDF."""
    if maker == "udf":
        return ROW if given is None else None
    if given is not None:
        return _BY_NAME.get(given.attr) if isinstance(given, ast.Attribute) else None
    if not isinstance(function, ast.FunctionDef):
        return PANDAS if isinstance(function, ast.Lambda) else None
    returned = function.returns
    if returned is None:
        return PANDAS
    if isinstance(returned, ast.Constant) and isinstance(returned.value, str):
        returned = ast.parse(returned.value, mode="eval").body
    if isinstance(returned, ast.Subscript):
        return ITERATOR if (module.resolve(returned.value) or "").endswith(".Iterator") else None
    name = module.resolve(returned) or ""
    return PANDAS if name in {"pandas.Series", "pandas.DataFrame"} else AGGREGATE
