"""Calls: of functions and classes of the program, of names that the table knows, and of everything else."""

from __future__ import annotations

import ast
from dataclasses import replace

from migrate.frontend import symbols
from migrate.frontend.inference import elsewhere, inferred
from migrate.frontend.machine import DEPTH, STEPS, Frame, Machine
from migrate.frontend.scope import Scope
from migrate.frontend.spark_api import READS_ONLY
from migrate.frontend.spark_calls import SESSIONS, Given, constructed, make_udf, opaque, spark_call, stage_call
from migrate.frontend.statements import annotated, element, hinted
from migrate.frontend.symbols import Op
from migrate.frontend.values import (
    UNKNOWN,
    Class,
    Function,
    Instance,
    Items,
    Keys,
    Method,
    Ref,
    Spark,
    Text,
    Udf,
    Unknown,
    Value,
    datasets_of,
    derived,
    joined,
    local_of,
    udfs_of,
)
from migrate.ir import Cost, HeavyKind, Kind

_TRAINERS = frozenset(
    {
        "sklearn",
        "keras",
        "tensorflow",
        "xgboost",
        "lightgbm",
        "catboost",
        "statsmodels",
        "prophet",
        "fbprophet",
        "torch",
        "pmdarima",
        "pytorch_lightning",
        "lightning",
        "transformers",
        "trl",
        "sentence_transformers",
    }
)


_FOREIGN = Op("Estimator", "Estimator", heavy=HeavyKind.ESTIMATOR_OTHER)
"""A class that the table doesn't know and that is fitted to a dataset."""
_SEARCHES = ("cross_val_score", "cross_validate", "cross_val_predict")
"""Functions that fit a model again and again."""


def read_module(m: Machine, path: str) -> Scope | None:
    """The variables of a module of the project after its top level has run; None where it cannot be read."""
    known = m.modules.get(path)
    if known is not None:
        return known
    module = m.project.module(path)
    if module is None:
        return None
    scope = Scope(module, None, "")
    m.modules[path] = scope
    m.frames.append(
        Frame(scope, "", calls=m.frame.calls if m.frames else (), worker=m.frames[-1].worker if m.frames else False)
    )
    m.run_block(m, module.tree.body)
    m.frames.pop()
    return scope


def call_value(m: Machine, node: ast.Call, base: Value, attribute: str | None) -> Value:
    """The value of a call of ``base``, or of its attribute."""
    given = arguments(m, node)
    if attribute is not None:
        if isinstance(base, Method) and base.base.type == "PandasFrame":
            base = base.base
        if isinstance(base, Unknown) and not m.worker:
            base = _recognised(base, attribute, given)
        if isinstance(base, Spark):
            return spark_call(m, node, base, attribute, given)
        if isinstance(base, Items):
            return _items_call(m, node, base, attribute, given)
        if isinstance(base, Text):
            return Text(base.text) if attribute in ("format", "strip", "replace", "lower", "upper", "join") else UNKNOWN
        if isinstance(base, Unknown):
            return _method_of_unknown(m, node, base, attribute, given)
        func = m.attribute(m, base, attribute, node.func if isinstance(node.func, ast.Attribute) else None)
        if func is None:
            return _escape(m, node, attribute, given)
        base = func
    return apply(m, node, base, given)


def _recognised(base: Unknown, attribute: str, given: Given) -> Value:
    owner = symbols.owner_of(attribute)
    if owner is None or elsewhere(base.origin):
        return base
    if owner == "Estimator" and not any(dataset for value in given.all for dataset in datasets_of(value)):
        return base
    if owner == "Estimator" and base.origin.rpartition(".")[2][:1].isupper():
        return Spark(owner, source=_FOREIGN, source_name=base.origin, sure=False)
    return Spark(owner, udfs=base.udfs, sure=False)


def arguments(m: Machine, node: ast.Call) -> Given:
    """Evaluate the arguments of a call."""
    positional: list[Value] = []
    for argument in node.args:
        value = m.evaluate(m, argument)
        if isinstance(argument, ast.Starred):
            positional.extend(value.members if isinstance(value, Items) and value.exact else (element(value),))
        else:
            positional.append(value)
    named: dict[str, Value] = {}
    for keyword in node.keywords:
        value = m.evaluate(m, keyword.value)
        if keyword.arg is not None:
            named[keyword.arg] = value
        elif isinstance(value, Items):
            named.update({key: v for key, v in zip(value.keys, value.members, strict=False) if isinstance(key, str)})
    return Given(tuple(positional), named)


def apply(m: Machine, node: ast.Call, func: Value, given: Given) -> Value:
    """Call a value."""
    if isinstance(func, Function):
        return call_function(m, func, list(given.positional), given.named, node)
    if isinstance(func, Udf):
        return _apply_udf(m, node, func, given)
    if isinstance(func, Class):
        return instantiate(m, func, given, node)
    if isinstance(func, Instance):
        call = m.attribute(m, func, "__call__", None)
        return apply(m, node, call, given) if isinstance(call, Function) else UNKNOWN
    if isinstance(func, Method):
        base = func.base
        if (
            (
                base.source is not None
                and not base.producers
                and given.positional
                and isinstance(given.positional[0], Spark)
            )
            and symbols.is_class(base.source)
            and base.type == given.positional[0].type
        ):
            return spark_call(m, node, given.positional[0], func.name, Given(given.positional[1:], given.named))
        return spark_call(m, node, base, func.name, given)
    if isinstance(func, Ref):
        return call_name(m, node, func.symbol, given)
    if isinstance(func, Spark):
        if func.type == "Column":
            return Spark("Column", udfs=func.udfs)
        return (
            UNKNOWN if symbols.of_type(func.type, "__call__") is None else spark_call(m, node, func, "__call__", given)
        )
    return _escape(m, node, m.module.segment(node.func), given)


def _apply_udf(m: Machine, node: ast.Call, func: Udf, given: Given) -> Value:
    if func.pending:
        target = given.positional[0] if given.positional else UNKNOWN
        return make_udf(m, func.op, node, target, func.declared)
    m.recorder.use(func.keys, m.site(), node.lineno)
    udfs = func.keys.union(*(udfs_of(value) for value in given.all))
    if func.op.heavy is HeavyKind.PYTHON_UDTF or "udtf" in func.op.flags:
        return Spark("DataFrame", producers=func.keys, udfs=udfs)
    return Spark("Column", udfs=udfs)


def instantiate(m: Machine, cls: Class, given: Given, node: ast.AST) -> Value:
    """An object of a class of the program, after its ``__init__``."""
    value = Instance(cls)
    start = m.attribute(m, value, "__init__", None)
    if isinstance(start, Function):
        call_function(m, start, list(given.positional), given.named, node)
    for name, annotation in _annotations(cls):
        if name not in value.attributes:
            known = given.named.get(name) or annotated(m, annotation)
            if known is not None:
                value.attributes[name] = known
    return value


def _annotations(cls: Class) -> list[tuple[str, ast.expr]]:
    return [
        (part.target.id, part.annotation)
        for part in cls.node.body
        if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name)
    ]


def call_function(m: Machine, function: Function, values: list[Value], named: dict[str, Value], node: ast.AST) -> Value:
    """Run a function of the program with these arguments; what it returns."""
    values = [*function.given, *values]
    named = {**dict(function.named), **named}
    if function.owner is not None:
        values = [function.owner, *values]
    m.evaluated.add(function.node)
    if len(m.frames) > DEPTH or any(frame.function is function.node for frame in m.frames):
        return derived(*values, *named.values())
    signature = (
        function.node,
        id(function.scope),
        *(_sign(v) for v in values),
        *((k, _sign(v)) for k, v in sorted(named.items())),
        m.worker,
    )
    if signature in m.memory:
        return m.memory[signature]
    if m.steps > STEPS:
        return UNKNOWN
    scope = Scope(function.scope.module, function.scope, function.name, node=function.node)
    caller = m.frame
    line = getattr(caller.statement, "lineno", 1)
    frame = Frame(
        scope, function.name, (*caller.calls, (caller.scope.module.path, line)), function.node, worker=caller.worker
    )
    m.frames.append(frame)
    _bind_parameters(m, function, scope, values, named)
    result: Value
    if isinstance(function.node, ast.Lambda):
        frame.statement = caller.statement
        frame.calls, frame.name = caller.calls, caller.name
        result = m.evaluate(m, function.node.body)
    else:
        m.run_block(m, function.node.body)
        result = UNKNOWN
        for index, value in enumerate(frame.returned):
            result = value if index == 0 else joined(result, value)
    m.frames.pop()
    m.memory[signature] = result
    return result


def _sign(value: Value) -> object:
    if isinstance(value, Spark):
        return (value.type, value.producers, value.udfs, value.source_name, value.many, value.links != ())
    if isinstance(value, Text):
        return value.text
    if isinstance(value, Unknown):
        return (value.udfs, value.local, value.origin)
    if isinstance(value, Function):
        return (value.node, id(value.scope), id(value.owner))
    if isinstance(value, Items):
        return (tuple(_sign(member) for member in value.members), value.keys)
    if isinstance(value, Ref):
        return value.symbol
    return id(value)


def _bind_parameters(
    m: Machine, function: Function, scope: Scope, values: list[Value], named: dict[str, Value]
) -> None:
    args = function.node.args
    parameters = [*args.posonlyargs, *args.args]
    defaults: dict[str, ast.expr] = {}
    for parameter, default in zip(reversed(parameters), reversed(args.defaults), strict=False):
        defaults[parameter.arg] = default
    for parameter, keyword_default in zip(args.kwonlyargs, args.kw_defaults, strict=False):
        if keyword_default is not None:
            defaults[parameter.arg] = keyword_default
    for index, parameter in enumerate([*parameters, *args.kwonlyargs]):
        value = named.get(parameter.arg)
        if value is None and index < len(values) and index < len(parameters):
            value = values[index]
        if value is None and parameter.arg in defaults:
            value = _default(m, function, defaults[parameter.arg])
        if value is None:
            value = UNKNOWN
        if isinstance(value, Unknown):
            value = value if m.worker else hinted(m, value, parameter.annotation)
        if isinstance(value, Unknown):
            value = inferred(m, parameter.arg, value)
        scope.variables[parameter.arg] = value
    if args.vararg is not None:
        scope.variables[args.vararg.arg] = Items(tuple(values[len(parameters) :]), exact=False)
    if args.kwarg is not None:
        scope.variables[args.kwarg.arg] = UNKNOWN


def _default(m: Machine, function: Function, node: ast.expr) -> Value | None:
    """What a parameter's default is where its function was defined; None where it says nothing of the parameter."""
    frame = m.frame
    inside = frame.scope
    frame.scope = function.scope
    value = m.evaluate(m, node)
    frame.scope = inside
    return None if isinstance(value, Unknown) else value


def call_name(m: Machine, node: ast.Call, symbol: str, given: Given) -> Value:
    """Call a name of a module outside the analysed files."""
    op = symbols.of_name(symbol)
    if op is None:
        return _escape(m, node, symbol, given)
    if op.udf is not None:
        return _make(m, node, op, given)
    if op.result == "Partial":
        target = given.positional[0] if given.positional else UNKNOWN
        if isinstance(target, Function):
            return replace(
                target, given=target.given + given.positional[1:], named=(*target.named, *given.named.items())
            )
        if isinstance(target, Ref) and (inner := symbols.of_name(target.symbol)) is not None and inner.udf is not None:
            return Udf((m.module.path, 0, 0, 0, 0), inner, pending=True)
        return target
    if op.result == "Fold":
        return _fold(m, node, given)
    if op.result == "Argument":
        return given.positional[-1 if "last" in op.flags else 0] if given.positional else UNKNOWN
    if "backend" in op.flags:
        return Spark(op.result) if _on_spark(m, given) else UNKNOWN
    if symbols.is_class(op):
        m.session_made |= op.result in SESSIONS
        return constructed(op, symbol, given)
    needs = op.option("needs")
    if needs and not isinstance(given.named.get(needs), Spark):
        cost = _search_over_fits(m, op, given, node)
        if cost is None:
            return _escape(m, node, symbol, given)
        op = replace(op, cost=cost)
    if op.kind is not None:
        return stage_call(m, node, Spark(op.result), replace(op, symbol=symbol), symbol, given)
    if op.result == "-":
        return Unknown(origin=symbol)
    return Spark(op.result, udfs=derived_udfs(m, op, given, node))


def _search_over_fits(m: Machine, op: Op, given: Given, node: ast.Call) -> Cost | None:
    """Where the fits happen that a search on the driver runs one by one; None where Spark has no part in them."""
    function = given.at(op.ships[0])
    if m.worker or not isinstance(function, Function):
        return None
    before = set(m.recorder.drafts)
    call_function(m, function, [Unknown(origin=op.symbol)], {}, node)
    first, last = function.node.lineno, function.node.end_lineno or function.node.lineno
    fits = [
        draft
        for key, draft in m.recorder.drafts.items()
        if draft.heavy is not None and draft.kind in (Kind.FIT, Kind.TRAIN, Kind.TUNE)
        if key not in before or (key[0] == function.scope.module.path and first <= key[1] <= last)
    ]
    if not fits:
        return None
    return Cost.NATIVE if all(draft.cost is Cost.NATIVE for draft in fits) else Cost.DRIVER


def _on_spark(m: Machine, given: Given) -> bool:
    """Whether these arguments choose joblib's backend for Spark, or leave the choice to a ``with`` that did."""
    texts = [value.text for value in (*given.positional[:1], given.named.get("backend")) if isinstance(value, Text)]
    return "spark" in texts if texts else m.spark_backend > 0


def derived_udfs(m: Machine, op: Op, given: Given, node: ast.Call) -> frozenset[tuple[str, int, int, int, int]]:
    """The UDFs that a column made of these arguments applies."""
    from migrate.frontend.spark_calls import sql_udfs

    found = sql_udfs(m, op, given, node)
    if (
        op.symbol.endswith(("callUDF", "call_udf", "call_function"))
        and given.positional
        and isinstance(given.positional[0], Text)
    ):
        key = m.recorder.registered.get(given.positional[0].text.lower())
        if key is not None:
            m.recorder.use((key,), m.site(), node.lineno)
            found |= {key}
    return found.union(*(udfs_of(value) for value in given.all))


def _make(m: Machine, node: ast.Call, op: Op, given: Given) -> Value:
    assert op.udf is not None
    if op.udf.position < 0:
        return make_udf(m, op, node, UNKNOWN, None)
    target = given.at(op.udf)
    declared = None
    for keyword in node.keywords:
        if keyword.arg == "returnType":
            declared = m.module.segment(keyword.value)
    if (
        target is None
        or isinstance(target, Text)
        or (isinstance(target, Unknown) and target.origin.startswith("pyspark.sql.types"))
    ):
        if declared is None and node.args:
            declared = m.module.segment(node.args[0])
        return Udf((m.module.path, 0, 0, 0, 0), op, pending=True, declared=declared)
    if declared is None and len(node.args) > 1:
        declared = m.module.segment(node.args[1])
    return make_udf(m, op, node, target, declared)


def _fold(m: Machine, node: ast.Call, given: Given) -> Value:
    if len(given.positional) < 2:
        return UNKNOWN
    function, items = given.positional[0], element(given.positional[1])
    first = given.positional[2] if len(given.positional) > 2 else items
    if isinstance(function, Function):
        return joined(call_function(m, function, [first, items], {}, node), first)
    if isinstance(function, Method) and isinstance(items, Spark):
        return spark_call(m, node, items, function.name, Given((items,), {}))
    return _escape(m, node, "functools.reduce", given)


def _escape(m: Machine, node: ast.Call, symbol: str, given: Given) -> Value:
    """A call that is not followed: what goes in may come out, and a function that goes in may be called."""
    if symbol not in READS_ONLY:
        _note_session(m, given)
    held = [dataset for value in given.all for dataset in datasets_of(value)]
    made = derived(*given.all)
    for index, value in enumerate(given.positional):
        if not isinstance(value, Function) or m.worker:
            continue
        rest = given.positional[index + 1 :]
        if isinstance(value.node, ast.Lambda) or any(isinstance(other, (Spark, Items)) for other in rest):
            answer = _called_back(m, value, rest, symbol, node)
            if not rest and isinstance(answer, Spark) and not held:
                made = answer
        elif symbol not in ("map", "filter", "sorted", "min", "max", "sum"):
            m.escaped.setdefault(value.node, value)
    for value in given.all:
        if isinstance(value, Udf):
            m.recorder.use(value.keys, m.site(), node.lineno)
    if held and symbol not in READS_ONLY:
        if symbol in (
            "list",
            "tuple",
            "set",
            "sorted",
            "zip",
            "enumerate",
            "reversed",
            "dict",
            "map",
            "filter",
            "iter",
            "next",
        ):
            return Items(tuple(held), exact=False) if all(not d.many for d in held) else held[0]
        return opaque(m, node, symbol, given.all)
    fit = _fit_on_driver(m, node, symbol, given, made)
    if fit is not None:
        return fit
    return Unknown(made.udfs, made.local, symbol) if isinstance(made, Unknown) else made


def _called_back(m: Machine, function: Function, handed: tuple[Value, ...], origin: str, node: ast.AST) -> Value:
    """Run a function that a call is given, with what that call may hand to it."""
    values = [part for value in handed for part in (value.members if isinstance(value, Items) else (value,))]
    missing = len(function.node.args.args) - len(values)
    return call_function(m, function, [*values, *[Unknown(origin=origin)] * missing], {}, node)


def _note_session(m: Machine, given: Given) -> None:
    """A session that goes where it cannot be followed is used there."""
    m.session_handed_on |= any(isinstance(value, Spark) and value.type in SESSIONS for value in given.all)


def _method_of_unknown(m: Machine, node: ast.Call, base: Unknown, attribute: str, given: Given) -> Value:
    origin = f"{base.origin}.{attribute}" if base.origin else ""
    _note_session(m, given)
    held = [dataset for value in given.all for dataset in datasets_of(value)]
    for value in given.all:
        if isinstance(value, Udf):
            m.recorder.use(value.keys, m.site(), node.lineno)
    if (
        attribute == "append"
        and held
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
    ):
        m.trail.assign(
            m.scope.holder(node.func.value.id).variables, node.func.value.id, Items(given.positional, exact=False)
        )
        return UNKNOWN
    fit = _fit_on_driver(m, node, origin, given, derived(base, *given.all))
    if fit is not None:
        return fit
    if held:
        return opaque(m, node, origin or f"?.{attribute}", given.all)
    for value in given.positional:
        if isinstance(value, Function) and not m.worker:
            if isinstance(value.node, ast.Lambda):
                _called_back(m, value, (), origin or f"?.{attribute}", node)
            else:
                m.escaped.setdefault(value.node, value)
    made = derived(base, *given.all)
    return Unknown(made.udfs, made.local, origin) if isinstance(made, Unknown) else made


def _fit_on_driver(m: Machine, node: ast.Call, symbol: str, given: Given, made: Value) -> Value | None:
    """A library's model is fitted on the driver to rows that Spark collected, or on Spark's tasks through joblib."""
    name = symbol.rpartition(".")[2]
    if (
        m.worker
        or name not in ("fit", "train", "fit_transform", "fit_predict", "cv", *(_SEARCHES if m.spark_backend else ()))
        or symbol.split(".", 1)[0] not in _TRAINERS
    ):
        return None
    on_spark = m.spark_backend > 0
    if not on_spark and not _collected(m, local_of(made)):
        return None
    heavy = HeavyKind.HYPERPARAM_SEARCH if on_spark else HeavyKind.DRIVER_ML_FIT
    op = Op(symbol, "Local", Kind.TUNE if on_spark else Kind.TRAIN, Cost.PYTHON if on_spark else Cost.DRIVER, heavy)
    if symbol.rpartition(".")[0].endswith(
        ("Scaler", "Encoder", "Vectorizer", "Imputer", "PCA", "TSNE", "Transformer", "Binarizer", "Selector")
    ):
        return None
    return stage_call(m, node, Spark("-"), op, symbol, given)


def _collected(m: Machine, rows: Keys) -> bool:
    """Whether rows on the driver are Spark's, not those of files that a petastorm reader opened by itself."""
    waiting, seen = set(rows), set()
    while waiting:
        key = waiting.pop()
        draft = m.recorder.drafts.get(key)
        if key in seen or draft is None or draft.heavy is HeavyKind.PETASTORM:
            continue
        if draft.kind is not Kind.OPAQUE:
            return True
        seen.add(key)
        waiting |= draft.inputs
    return False


def _items_call(m: Machine, node: ast.Call, base: Items, attribute: str, given: Given) -> Value:
    grown: Items | None = None
    if attribute in ("append", "add", "insert") and given.positional:
        grown = Items((*base.members, given.positional[-1]), exact=False)
    elif attribute == "extend" and given.positional:
        other = given.positional[0]
        grown = Items((*base.members, *(other.members if isinstance(other, Items) else (element(other),))), exact=False)
    elif attribute in ("update", "setdefault"):
        parts = [part for value in given.all for part in (value.members if isinstance(value, Items) else (value,))]
        grown = Items((*base.members, *parts), exact=False)
    if grown is not None:
        if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
            m.trail.assign(m.scope.holder(node.func.value.id).variables, node.func.value.id, grown)
        elif isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Attribute):
            owner = m.evaluate(m, node.func.value.value)
            if isinstance(owner, Instance):
                m.trail.assign(owner.attributes, node.func.value.attr, grown)
        return UNKNOWN
    values = replace(base, keys=())
    if attribute == "items":
        return Items(tuple(Items((Text("{}"), member)) for member in base.members), exact=False)
    if attribute == "get" and base.keys and given.positional and isinstance(given.positional[0], Text):
        for key, value in zip(base.keys, base.members, strict=False):
            if key == given.positional[0].text:
                return value
    if attribute in ("get", "pop"):
        return element(values)
    return values if attribute in ("values", "copy", "keys") else derived(base, *given.all)
