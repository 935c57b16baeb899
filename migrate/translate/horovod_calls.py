"""The expressions of Horovod's API in a piece of source, and the text that takes their place."""

from __future__ import annotations

import ast
import dataclasses

from migrate.frontend.module import Module
from migrate.mapping import Edit, NotCarried
from migrate.translate.horovod_api import (
    DIST,
    DROPPED,
    ELASTIC,
    OPERATIONS,
    PLAIN,
    RANKS,
    RAY_TRAIN,
    REFUSED,
    REFUSED_OF_STATE,
    REFUSED_OPTIONS,
    RENAMED,
    VALUES,
)

HVD = "horovod.torch."


class HorovodCalls:
    """Collects the edits of one file's Horovod expressions, and the helpers and imports that their text needs.

    ``context`` is the variable that holds Ray Train's context where the expressions stand, None where none does.
    """

    def __init__(self, module: Module) -> None:
        self.module = module
        self.edits: list[Edit] = []
        self.helpers: set[str] = set()
        self.imports: set[str] = set()
        self.context: str | None = None
        self._seen: set[int] = set()

    def name(self, node: ast.AST) -> str | None:
        """The Horovod name that a node calls, None when it calls something else."""
        return self._origin(node.func) if isinstance(node, ast.Call) else None

    def rewrite(self, expression: ast.expr) -> None:
        """The edits of one expression; NotCarried, naming the line, for what has no counterpart."""
        for node in ast.walk(expression):
            if id(node) in self._seen:
                continue
            name = self.name(node)
            if name is not None:
                assert isinstance(node, ast.Call)
                self._call(node, name)
            elif isinstance(node, ast.Name | ast.Attribute):
                origin = self._origin(node)
                if origin is not None:
                    self._value(node, origin)

    def replace(self, node: ast.AST, text: str) -> None:
        """Put a text in the place of a node, which is then dealt with."""
        self.edits.append(Edit(self.module.span(node), text))
        self._seen |= {id(inner) for inner in ast.walk(node)}

    def refuse_rest(self, function: ast.FunctionDef, removed: set[int]) -> None:
        """NotCarried for a name of Horovod's that stands where no expression was looked at, a default value say."""
        for node in ast.walk(function):
            if isinstance(node, ast.Name | ast.Attribute) and id(node) not in self._seen | removed:
                origin = self._origin(node)
                if origin is not None:
                    raise _refusal(origin, node)

    def refuse_states(self, reached: list[ast.FunctionDef]) -> None:
        """NotCarried for a use of an elastic state that the emitted class does not have."""
        nodes = [node for function in reached for node in ast.walk(function)]
        made = [n for n in nodes if isinstance(n, ast.Assign) and self.name(n.value) == "elastic.TorchState"]
        names = {target.id for one in made for target in one.targets if isinstance(target, ast.Name)}
        for node in nodes:
            if isinstance(node, ast.FunctionDef) and node.args.args:
                runs = any(self._origin(one) == "elastic.run" for one in node.decorator_list)
                names |= {node.args.args[0].arg} if runs else set()
        for node in nodes:
            if not isinstance(node, ast.Attribute) or node.attr not in REFUSED_OF_STATE:
                continue
            if isinstance(node.value, ast.Name) and node.value.id in names:
                raise NotCarried(f"{ast.unparse(node)} (line {node.lineno}) is not carried over: only commit is")

    def _origin(self, node: ast.expr) -> str | None:
        origin = self.module.resolve(node) or ""
        return origin.removeprefix(HVD) if origin.split(".")[0] == "horovod" else None

    def _value(self, node: ast.expr, name: str) -> None:
        if name in ELASTIC:
            self.replace(node, ELASTIC[name])
            self.helpers.add("torch_state")
            return
        if name not in VALUES:
            raise _refusal(name, node)
        text, needed = VALUES[name]
        self.replace(node, text)
        self.imports |= {needed} if needed is not None else set()

    def _call(self, call: ast.Call, name: str) -> None:
        if name in RANKS and not call.args:
            self.replace(call, f"{self.context or 'ray.train.get_context()'}.{RANKS[name]}")
            self.imports.add(RAY_TRAIN)
            return
        if name in ELASTIC:
            self._value(call.func, name)
            return
        if name not in OPERATIONS:
            raise _refusal(name, call)
        helper, parameters = OPERATIONS[name]
        self.replace(call.func, RENAMED.get(name, name))
        if name in PLAIN:
            self.imports.add(PLAIN[name])
        else:
            self.helpers.add(helper)
        self._arguments(call, name, parameters)

    def _arguments(self, call: ast.Call, name: str, parameters: tuple[str, ...]) -> None:
        items: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
        names = [*parameters[: len(call.args)], *(keyword.arg for keyword in call.keywords)]
        starred = any(isinstance(argument, ast.Starred) for argument in call.args)
        if starred or len(names) != len(items) or not set(names) <= set(parameters):
            raise NotCarried(f"the arguments of hvd.{name} (line {call.lineno}) cannot be told from the source")
        if "average" in names[: len(call.args)]:
            raise NotCarried(f"the average of hvd.{name} (line {call.lineno}) is not passed by its name")
        gone = []
        for position, (item, parameter) in enumerate(zip(items, names, strict=True)):
            value = item.value if isinstance(item, ast.keyword) else item
            if parameter in REFUSED_OPTIONS and not _is_default(value, self._origin(value)):
                raise NotCarried(f"hvd.{name} (line {call.lineno}) with {parameter}: {REFUSED_OPTIONS[parameter]}")
            if parameter in DROPPED | set(REFUSED_OPTIONS) or _is_none(value):
                gone.append(position)
            elif parameter == "average":
                self._average(item, value, name)
        self._drop(items, gone)

    def _average(self, item: ast.AST, value: ast.expr, name: str) -> None:
        if not isinstance(value, ast.Constant):
            raise NotCarried(f"the average of hvd.{name} (line {value.lineno}) is not a literal")
        self.replace(item, f"op=dist.ReduceOp.{'AVG' if value.value else 'SUM'}")
        self.imports.add(DIST)

    def _drop(self, items: list[ast.expr | ast.keyword], gone: list[int]) -> None:
        """Take items out of a list of arguments, each with one comma."""
        spans = [self.module.span(item) for item in items]
        for position in gone:
            here = spans[position]
            if any(before not in gone for before in range(position)):
                before = spans[position - 1]
                here = dataclasses.replace(here, line=before.end_line, column=before.end_column)
            elif position + 1 < len(spans):
                after = spans[position + 1]
                here = dataclasses.replace(here, end_line=after.line, end_column=after.column)
            self.edits.append(Edit(here, ""))
            self._seen |= {id(inner) for inner in ast.walk(items[position])}


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _is_default(value: ast.expr, origin: str | None) -> bool:
    return (isinstance(value, ast.Constant) and not value.value) or origin == "global_process_set"


def _refusal(name: str, node: ast.expr) -> NotCarried:
    if name == HVD.rstrip("."):
        return NotCarried(f"line {node.lineno} passes Horovod itself on, so what is called of it cannot be read")
    asks = name.endswith(("_built", "_enabled", "_supported"))
    unknown = "it asks how Horovod was built, and it is gone on Ray" if asks else "it has no mapping yet"
    reason = REFUSED.get(name.split(".")[0], unknown)
    return NotCarried(f"{ast.unparse(node).partition('(')[0]} (line {node.lineno}) is not carried over: {reason}")
