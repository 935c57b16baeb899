"""Calls on Spark values: what becomes a stage, what a link of the next one, and what a UDF."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from migrate.frontend import symbols
from migrate.frontend.machine import Machine
from migrate.frontend.module import position
from migrate.frontend.recorder import Draft, arguments_of, key_of
from migrate.frontend.sql import functions_called, read_query
from migrate.frontend.symbols import Op, Slot
from migrate.frontend.values import (
    NOTHING,
    UNKNOWN,
    Carried,
    Class,
    Function,
    Instance,
    Items,
    Keys,
    LinkAt,
    Method,
    Ref,
    Shipped,
    Spark,
    Text,
    Udf,
    Unknown,
    Value,
    datasets_of,
    local_of,
    udfs_of,
)
from migrate.ir import Cost, HeavyKind, Kind

DATASETS = frozenset({"DataFrame", "StreamFrame", "RDD", "DStream", "DynamicFrame", "PandasFrame"})
"""The types that are data; the others are sessions, builders and models."""
_PASSIVE = frozenset(
    {"Column", "Window", "Broadcast", "SparkSession", "SparkContext", "SQLContext", "GlueContext", "StreamingContext"}
)
SESSIONS = frozenset({"SparkSession", "SparkContext", "SQLContext", "GlueContext", "StreamingContext"})
"""The types that stand for a connection to Spark."""
_SELECTS = re.compile(r"\bselect\b", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, eq=False)
class Given:
    """The evaluated arguments of a call."""

    positional: tuple[Value, ...]
    named: dict[str, Value]

    def at(self, slot: Slot) -> Value | None:
        """The argument of a slot, by keyword or position; None where it is not given."""
        if slot.keyword and slot.keyword in self.named:
            return self.named[slot.keyword]
        return self.positional[slot.position] if 0 <= slot.position < len(self.positional) else None

    @property
    def all(self) -> tuple[Value, ...]:
        """Every argument."""
        return (*self.positional, *self.named.values())


def attribute_of(m: Machine, base: Spark, name: str, node: ast.Attribute | None) -> Value | None:
    """The value of an attribute read from a Spark value."""
    op = symbols.of_type(base.type, name)
    if op is None:
        if base.type in DATASETS and base.type not in ("RDD", "DStream"):
            return Spark("Column")
        return None
    if "attr" not in op.flags:
        return Spark("Column", udfs=base.udfs) if base.type == "Column" else Method(base, name)
    if op.kind is not None or op.result == "-":
        return UNKNOWN
    return _built(m, base, op, name, node, None, NOTHING)


def _built(
    m: Machine, base: Spark, op: Op, name: str, node: ast.AST | None, call: ast.Call | None, producers: Keys
) -> Spark:
    """The builder that an attribute or call gives: what it was built of, and one link more."""
    target = base.type if op.result == "Same" else op.result
    receiver = None
    if isinstance(node, ast.Attribute):
        receiver = node.value
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        receiver = node.func.value
    start = base.start
    if receiver is not None and start is None and base.type in DATASETS:
        start = position(receiver)[2:]
    links = base.links
    if node is not None:
        since = position(receiver)[2:] if receiver is not None else position(node)[:2]
        links = (*links, LinkAt(op, f"{base.type}.{name}" if name != "*" else op.symbol, m.module, node, since, call))
    if target in _PASSIVE:
        links, start = (), None
    kept = (
        base
        if target == base.type
        else Spark(target, source=base.source if target == "Estimator" else None, sure=base.sure)
    )
    return replace(kept, producers=base.producers | producers, udfs=base.udfs, links=links, start=start, many=False)


def spark_call(m: Machine, node: ast.Call, base: Spark, name: str, given: Given) -> Value:
    """A method of a Spark value is called."""
    op = symbols.of_type(base.type, name)
    if op is None:
        return _unknown_method(m, node, base, name, given)
    if op.udf is not None:
        return _register(m, node, op, given)
    if base.type == "Column":
        udfs = base.udfs.union(*(udfs_of(value) for value in given.all))
        return Spark("Column", udfs=udfs)
    if op.calls:
        return _calls_back(m, node, base, op, name, given)
    if op.kind is None or ("needs" in dict(op.options) and dict(op.options)["needs"] not in given.named):
        return _builder_call(m, node, base, op, name, given)
    return stage_call(m, node, base, op, name, given)


def _unknown_method(m: Machine, node: ast.Call, base: Spark, name: str, given: Given) -> Value:
    if base.producers and base.type in DATASETS:
        return opaque(m, node, f"{base.type}.{name}", (base, *given.all))
    return UNKNOWN


def _builder_call(m: Machine, node: ast.Call, base: Spark, op: Op, name: str, given: Given) -> Value:
    if op.result == "-":
        return UNKNOWN
    producers = producers_of(given.all)
    if base.type == "Estimator" and producers and any(isinstance(v, Spark) and v.type in DATASETS for v in given.all):
        return opaque(m, node, f"{base.type}.{name}", (base, *given.all))  # takes data, so it sets no parameter
    built = _built(m, base, op, name, node, node, producers)
    udfs = built.udfs.union(*(udfs_of(value) for value in given.all))
    m.session_made |= built.type in SESSIONS and name in ("getOrCreate", "create")
    if "stages" in op.flags:
        built = replace(built, parts=_parts(given))
    heavy = op.option("heavy")
    if heavy and op.ships:
        functions = _ship(m, op, given, node)
        built = replace(built, heavy=Carried(HeavyKind(heavy), _name_at(m, node), tuple(functions)))
    return replace(built, udfs=udfs | sql_udfs(m, op, given, node))


def _calls_back(m: Machine, node: ast.Call, base: Spark, op: Op, name: str, given: Given) -> Value:
    slot = op.calls[0]
    function = given.at(slot)
    result: Value = UNKNOWN
    if isinstance(function, Function):
        values: list[Value] = []
        for wanted in slot.types:
            kind = base.type if wanted == "Self" else wanted
            values.append(UNKNOWN if kind == "-" else Spark(kind, producers=base.producers))
        count = _parameter_count(function)
        if op.symbol.endswith("foreachRDD") or op.symbol == "DStream.transform":
            values = [UNKNOWN] * (count - 1) + values[-1:] if count > 1 else values
        result = m.call(m, function, values, {}, node)
    heavy = op.option("heavy")
    if heavy:
        built = _built(m, base, op, name, node, node, NOTHING)
        return replace(built, heavy=Carried(HeavyKind(heavy), _name_at(m, node), tuple(_shipped(m, function, node))))
    if op.kind is not None:
        return stage_call(m, node, base, op, name, given)
    if op.symbol == "DataFrame.transform":
        return (
            result if isinstance(result, Spark) else opaque(m, node, op.symbol, (base, *given.all), dataset=base.type)
        )
    if op.result == "DStream":
        producers = result.producers if isinstance(result, Spark) else base.producers
        return Spark("DStream", producers=producers or base.producers)
    return Spark(op.result)


def _parameter_count(function: Function) -> int:
    arguments = function.node.args
    return len(arguments.posonlyargs) + len(arguments.args) - (1 if function.owner is not None else 0)


def stage_call(m: Machine, node: ast.Call, base: Spark, op: Op, name: str, given: Given) -> Value:
    """A call that does something to data is a stage; its value is what the table says it returns."""
    draft = _draft(m, node, base, op, name if "." in name else f"{base.type}.{name}", given)
    _heavy_of_model(draft, base, op, name)
    functions = _ship(m, op, given, node)
    draft.functions = functions
    optional = any(flag.startswith("ships=?") for flag in (f"{k}={v}" for k, v in op.options))
    if optional and not functions:
        draft.heavy, draft.cost = None, Cost.NATIVE
    if base.heavy:
        draft.heavy, draft.name_at = base.heavy.heavy, base.heavy.name_at
        draft.functions = [*base.heavy.functions, *functions]
        draft.cost = Cost.PYTHON
    if _is_true(node, "barrier"):
        draft.heavy = HeavyKind.BARRIER
    if "runs" in op.flags:
        for value in given.all:
            draft.functions = draft.functions + _shipped(m, value, node)
    if m.worker and "worker" not in op.flags:
        return UNKNOWN
    draft = m.recorder.add(draft)
    m.recorder.mark(draft.udfs)
    _views(m, draft, base, name, given)
    return _result(base, op, draft)


def _is_true(node: ast.Call, keyword: str) -> bool:
    return any(k.arg == keyword and isinstance(k.value, ast.Constant) and k.value.value is True for k in node.keywords)


def _draft(m: Machine, node: ast.Call, base: Spark | None, op: Op, symbol: str, given: Given) -> Draft:
    assert op.kind is not None
    line, column, _, _ = position(node)
    chain = (line, column)
    inputs = producers_of(given.all)
    udfs: Keys = NOTHING
    for value in given.all:
        udfs |= udfs_of(value)
    if base is not None:
        inputs |= base.producers
        udfs |= base.udfs
        if base.start is not None:
            chain = base.start
        elif base.type in DATASETS and isinstance(node.func, ast.Attribute):
            chain = position(node.func.value)[2:]
    draft = Draft(
        key=key_of(m.module, node),
        order=0,
        node=node,
        site=m.site(),
        symbol=symbol,
        kind=op.kind,
        cost=op.cost,
        heavy=op.heavy,
        name_at=_name_at(m, node),
        chain_at=chain,
        inputs=inputs,
        udfs=udfs | sql_udfs(m, op, given, node),
        links=base.links if base is not None else (),
        arguments=list(arguments_of(m.module, node)),
    )
    if base is not None and not base.sure:
        draft.facts["sure"] = "no"
    return draft


def _name_at(m: Machine, node: ast.Call) -> tuple[int, int]:
    """Where the token that names a call stands, its dot included."""
    func = node.func
    if not isinstance(func, ast.Attribute):
        return position(func)[:2]
    _, _, line, column = position(func)
    column -= len(func.attr.encode("utf-8"))
    return line, column - 1 if column else 0


def _heavy_of_model(draft: Draft, base: Spark, op: Op, name: str) -> None:
    """Fits and runs take their kind from the class that the estimator or runner was made of."""
    if op.symbol in ("Estimator.fit", "Estimator.fitMultiple", "Estimator.train"):
        heavy, kind, cost = fit_kind(base)
        draft.heavy, draft.kind, draft.cost = heavy, kind, cost
    elif base.type in ("Runner", "TrainedElsewhere") and base.source is not None and draft.kind is Kind.TRAIN:
        draft.heavy = base.source.heavy
    elif base.type == "Model" and op.heavy is HeavyKind.MODEL_INFERENCE:
        if fit_kind(base)[0] is HeavyKind.MLLIB_FEATURE_FIT:
            draft.heavy, draft.kind = None, Kind.PROJECT
        else:
            draft.cost = fit_kind(base)[2]
    if base.source_name:
        draft.facts["of"] = base.source_name
        if base.type in (
            "Estimator",
            "Model",
            "Runner",
            "TrainedElsewhere",
            "MllibTrainer",
            "MllibFeature",
            "Evaluator",
        ):
            draft.symbol = f"{_class_name(base) if base.type != 'MllibFeature' else base.source_name}.{name}"
    if base.parts:
        draft.facts["parts"] = ",".join(part.source_name for part in base.parts)
    elif (
        op.symbol == "Estimator.transform"
        and base.source is not None
        and base.source.heavy is not HeavyKind.MLLIB_FEATURE_FIT
    ):
        draft.kind = Kind.PREDICT


def _class_name(base: Spark) -> str:
    name = base.source_name.rpartition(".")[2]
    return name + "Model" if base.type == "Model" and base.producers and not name.endswith("Model") else name


def fit_kind(base: Spark) -> tuple[HeavyKind, Kind, Cost]:
    """What fitting an estimator is: the dearest of its parts, MLlib where nothing else is known."""
    found = [fit_kind(part) for part in base.parts]
    source = base.source
    if source is not None and source.heavy is not None and (not found or source.heavy is HeavyKind.HYPERPARAM_SEARCH):
        inner = [part for part in found if part[2] is not Cost.NATIVE]
        cost = Cost(source.option("cost") or "native")
        if source.heavy is HeavyKind.HYPERPARAM_SEARCH:
            return source.heavy, Kind.TUNE, inner[0][2] if inner else cost
        return source.heavy, Kind(source.option("kind") or "fit"), cost
    for part in found:
        if part[0] not in (HeavyKind.MLLIB_FIT, HeavyKind.MLLIB_FEATURE_FIT):
            return part
    if found and all(part[0] is HeavyKind.MLLIB_FEATURE_FIT for part in found):
        return found[0]
    return HeavyKind.MLLIB_FIT, Kind.FIT, Cost.NATIVE


def _parts(given: Given) -> tuple[Spark, ...]:
    parts: list[Spark] = []

    def collect(value: Value) -> None:
        if isinstance(value, Spark) and value.type in ("Estimator", "Model"):
            parts.append(value)
        elif isinstance(value, Items):
            for member in value.members:
                collect(member)

    for value in given.all:
        collect(value)
    return tuple(parts)


def type_of_class(op: Op, symbol: str) -> str:
    """The type that objects of a Spark class of the table have; what is fitted has a class of its own."""
    return "Model" if "model" in op.flags and symbol.endswith("Model") else op.result


def constructed(op: Op, symbol: str, given: Given) -> Spark:
    """An object of a Spark class of the table."""
    target = type_of_class(op, symbol)
    parts = _parts(given) if "stages" in op.flags else ()
    producers = producers_of(given.all) if target in ("GraphFrame", *DATASETS) else NOTHING
    return Spark(target, producers=producers, source=op, source_name=symbol, parts=parts)


def _result(base: Spark, op: Op, draft: Draft) -> Value:
    made = frozenset((draft.key,))
    if op.result == "None":
        return UNKNOWN
    if op.result == "Local":
        return Unknown(local=made)
    if op.result == "-":
        return Unknown(local=made)
    if op.result.startswith("["):
        return Spark(op.result.strip("[]"), producers=made, many=True, sure=base.sure)
    target = base.type if op.result == "Same" else op.result
    if (base.type == "StreamGrouped" and target == "DataFrame") or (
        base.type == "StreamFrame" and target == "DataFrame"
    ):
        target = "StreamFrame"
    keeps = target in ("Model", "MllibFeature")
    return Spark(
        target,
        producers=made,
        source=base.source if keeps else None,
        source_name=base.source_name if keeps else "",
        parts=base.parts if keeps else (),
        sure=base.sure,
    )


def producers_of(values: tuple[Value, ...]) -> Keys:
    """The stages whose data these arguments carry."""
    found: Keys = NOTHING
    for value in values:
        for dataset in datasets_of(value):
            if dataset.type not in _PASSIVE:
                found |= dataset.producers
        found |= local_of(value)
    return found


def _ship(m: Machine, op: Op, given: Given, node: ast.AST) -> list[Shipped]:
    functions: list[Shipped] = []
    for slot in op.ships:
        value = given.at(slot)
        if value is not None:
            functions.extend(_shipped(m, value, node))
    if op.ships and functions:
        schema = _declared(m, node)
        functions = [replace(f, declared=schema) for f in functions]
    return functions


def _declared(m: Machine, node: ast.AST) -> str | None:
    if isinstance(node, ast.Call):
        for keyword in node.keywords:
            if keyword.arg in ("schema", "returnType", "outputStructType"):
                return m.module.segment(keyword.value)
        if (
            len(node.args) > 1
            and isinstance(node.func, ast.Attribute)
            and node.func.attr
            in (
                "mapInPandas",
                "mapInArrow",
                "applyInPandas",
                "applyInArrow",
                "applyInPandasWithState",
            )
        ):
            return m.module.segment(node.args[1])
    return None


def _shipped(m: Machine, value: Value | None, node: ast.AST) -> list[Shipped]:
    if isinstance(value, Function):
        m.shipped[value.node] = value
        m.evaluated.add(value.node)
        return [Shipped(value.name.rpartition(".")[2], value.scope.module, value.node)]
    if isinstance(value, Udf):
        m.recorder.use(value.keys, m.site(), getattr(node, "end_lineno", 1))
        return []
    if isinstance(value, (Class, Instance)):
        cls = value if isinstance(value, Class) else value.cls
        for member in cls.scope.variables.values():
            if isinstance(member, Function):
                m.shipped[member.node] = member
        return [Shipped(cls.node.name, cls.scope.module, cls.node)]
    if isinstance(value, Ref):
        return [Shipped(value.symbol, None, None)]
    if isinstance(value, Items):
        return [found for part in value.members for found in _shipped(m, part, node)]
    return []


def sql_udfs(m: Machine, op: Op, given: Given, node: ast.AST) -> Keys:
    """The registered UDFs that the SQL among the arguments of a call applies."""
    if "sql" not in op.flags:
        return NOTHING
    if op.symbol.endswith(".sql") and not any(_texts(value) for value in given.all):
        m.recorder.unread_sql = True
    called: set[str] = set()
    for value in given.all:
        for text in _texts(value):
            called |= functions_called(text)
    m.recorder.called |= called
    found = frozenset(key for name, key in m.recorder.registered.items() if name in called)
    m.recorder.use(found, m.site(), _name_at(m, node)[0] if isinstance(node, ast.Call) else 1)
    return found


def _texts(value: Value) -> list[str]:
    if isinstance(value, Text):
        return [value.text]
    return [text for member in value.members for text in _texts(member)] if isinstance(value, Items) else []


def _views(m: Machine, draft: Draft, base: Spark, name: str, given: Given) -> None:
    """Temporary views carry data from the frame that names one to the SQL that reads it."""
    texts = [text for value in given.all for text in _texts(value)]
    if name in (
        "createOrReplaceTempView",
        "createTempView",
        "registerTempTable",
        "createGlobalTempView",
        "createOrReplaceGlobalTempView",
    ):
        if texts:
            known = m.recorder.views.get(texts[0].lower(), NOTHING)
            m.recorder.views[texts[0].lower()] = known | base.producers
    elif name in ("sql", "table"):
        for text in texts[:1]:
            _read_views(m, draft, text, name)


def _read_views(m: Machine, draft: Draft, text: str, name: str) -> None:
    """What a query or a table name reads of the views made so far, and the views that the query makes."""
    query = read_query(text) if name == "sql" else None
    if query is not None:
        tables: Collection[str] = query.tables
        if query.kind is not Kind.ACTION:
            draft.kind = query.kind
    else:
        tables = [text.lower()] if name == "table" else {word.lower() for word in _WORD.findall(text)}
    for table in tables:
        for view in {table, table.removeprefix("global_temp.")}:
            draft.inputs |= m.recorder.views.get(view, NOTHING)
    for view, _ in query.views if query is not None else ():
        m.recorder.views[view] = m.recorder.views.get(view, NOTHING) | {draft.key}
    if name == "sql":
        draft.facts["text"] = text
        draft.facts["operations"] = str(query.operations if query is not None else int(bool(_SELECTS.search(text))))


def subscript_stage(m: Machine, node: ast.Subscript, base: Spark, index: Value) -> Value:
    """``df[...]``: a filter where it is indexed by a condition, a projection by a list, else a column."""
    condition = isinstance(index, Spark) and index.type == "Column"
    if not condition and not isinstance(index, Items):
        return Spark("Column")
    if m.worker:
        return UNKNOWN
    op = Op(f"{base.type}.__getitem__", base.type, Kind.FILTER if condition else Kind.PROJECT)
    start = position(node.value)[2:]
    draft = Draft(
        key=key_of(m.module, node),
        order=0,
        node=node,
        site=m.site(),
        symbol=op.symbol,
        kind=op.kind or Kind.FILTER,
        cost=op.cost,
        heavy=None,
        name_at=start,
        chain_at=base.start or start,
        inputs=base.producers,
        udfs=udfs_of(index),
        links=base.links,
    )
    draft = m.recorder.add(draft)
    m.recorder.mark(draft.udfs)
    return Spark(base.type, producers=frozenset((draft.key,)), sure=base.sure)


def opaque(m: Machine, node: ast.Call, symbol: str, values: tuple[Value, ...], dataset: str | None = None) -> Value:
    """A dataset goes where it cannot be followed: a stage that says so, and binds what is placed around it."""
    if m.worker:
        return UNKNOWN
    first = next((value for value in values if isinstance(value, Spark)), None)
    op = Op(symbol, "-", Kind.OPAQUE, Cost.UNKNOWN)
    receiver = (
        first
        if isinstance(node.func, ast.Attribute) and first is values[0] and first is not None and first.type in DATASETS
        else None
    )
    draft = m.recorder.add(_draft(m, node, receiver, op, symbol, Given(values, {})))
    m.recorder.unresolved.add(draft.key)
    made = frozenset((draft.key,))
    return Spark(dataset, producers=made, sure=False) if dataset else Unknown(local=made)


def _register(m: Machine, node: ast.Call, op: Op, given: Given) -> Value:
    named = "named" in op.flags
    assert op.udf is not None
    value = given.at(op.udf)
    text = given.positional[0] if given.positional and named else given.named.get("name")
    if isinstance(value, Udf):
        made: Value = value
    else:
        heavy = HeavyKind.PYTHON_UDTF if "udtf" in op.flags else HeavyKind.PYTHON_UDF
        declared = m.module.segment(node.args[2]) if len(node.args) > 2 else _declared(m, node)
        made = make_udf(m, replace(op, heavy=heavy), node, value or UNKNOWN, declared)
    if isinstance(text, Text) and isinstance(made, Udf):
        m.recorder.registered[text.text.lower()] = made.key
    return made


def make_udf(m: Machine, op: Op, node: ast.expr, value: Value, declared: str | None) -> Value:
    """A UDF made at ``node`` of a function: a stage once it is used."""
    if isinstance(value, Udf):
        return value
    if m.worker:
        return UNKNOWN
    heavy = op.heavy or HeavyKind.PYTHON_UDF
    arrow = heavy in (HeavyKind.PANDAS_UDF, HeavyKind.PREDICT_BATCH_UDF) or (
        isinstance(node, ast.Call) and _is_true(node, "useArrow")
    )
    line, column, _, _ = position(node)
    draft = Draft(
        key=key_of(m.module, node),
        order=0,
        node=node,
        site=m.site(),
        symbol=op.symbol,
        kind=Kind.MAP_BATCHES if arrow else Kind.MAP_ROWS,
        cost=Cost.ARROW if arrow else Cost.PYTHON,
        heavy=heavy,
        name_at=(line, column),
        chain_at=(line, column),
        arguments=list(arguments_of(m.module, node)),
        maker=True,
        used=False,
    )
    if heavy is HeavyKind.PYTHON_UDTF:
        draft.kind = Kind.EXPLODE
    if "role" in op.flags or heavy is HeavyKind.PREDICT_BATCH_UDF:
        draft.role = "model_inference"
    known = m.recorder.add(draft)
    functions = [replace(f, declared=declared) for f in _shipped(m, value, node)]
    if functions:
        known.functions = functions
    return Udf(known.key, op)
