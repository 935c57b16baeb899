"""A function over batches that loads something in front of its loop, as a class that loads it once for each actor.

Only what is known to load, what is called on that and what is plain counts as set-up: anything else may be meant for
its partition alone, such as a set of what was seen or a generator of random numbers.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeGuard

from migrate.frontend.module import Module
from migrate.frontend.project import Project
from migrate.ir import Span
from migrate.mapping import Edit
from migrate.translate.edits import Lines
from migrate.translate.locate import defined, functions

_LOADERS = re.compile(
    r"(joblib|pickle|cloudpickle|dill)\.loads?|torch\.(load|jit\.load|hub\.load)|mlflow\.\w+\.load_model"
    r"|(tensorflow\.)?keras\.(saving|models)\.load_model|tensorflow\.saved_model\.load|onnxruntime\.InferenceSession"
    r"|(transformers|diffusers|tokenizers|peft)\..*\.from_(pretrained|file)|transformers\.pipeline"
    r"|sentence_transformers\.(SentenceTransformer|CrossEncoder)|spacy\.load|fasttext\.load_model"
    r"|(xgboost|lightgbm)\.Booster|ultralytics\.YOLO|whisper\.load_model|faiss\.read_index|timm\.create_model"
    r"|torchvision\.models\.\w+|cv2\.(CascadeClassifier|dnn\.readNet\w*)|easyocr\.Reader"
    r"|(sqlite3|psycopg2?|pymysql|MySQLdb|oracledb|pyodbc|duckdb|snowflake\.connector|happybase)\.connect"
    r"|redis\.(Redis|StrictRedis|from_url)|pymongo\.MongoClient|boto3\.(client|resource)|requests\.Session"
)
_PLAIN = re.compile(
    r"(builtins\.)?(str|int|float|bool|open)|os\.(getenv|environ\.get|path\.\w+)|pathlib\.Path|torch\.device"
    r"|torch\.(cuda\.is_available|no_grad|inference_mode|set_num_threads)|sys\.path\.(append|insert)"
)
_DISPLAYS = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp, ast.GeneratorExp)
_LAST = (ast.For, ast.With, ast.Return, ast.YieldFrom)


@dataclass(frozen=True)
class SetUp:
    """The class that takes a function's place: its name, and the edits that make it of the function."""

    name: str
    edits: tuple[Edit, ...]


def set_up_of(module: Module, function: ast.expr, project: Project | None = None) -> SetUp | None:
    """The class for a function of one iterator, given by its name, that loads in front of its loop; None for any other.

    The function is named nowhere else, and nothing of it but its head, its indentation and the names of what it loads
    is changed. A function of another file that loads is known where the ``project`` is given.
    """
    if not isinstance(function, ast.Name):
        return None
    uses = [n for n in ast.walk(module.tree) if isinstance(n, ast.Name) and n.id == function.id]
    named = [n for n in ast.walk(module.tree) if isinstance(n, ast.FunctionDef) and n.name == function.id]
    if len(uses) != 1 or len(named) != 1 or named[0].decorator_list:
        return None
    return class_of(module, named[0], project)


def class_of(module: Module, function: ast.FunctionDef, project: Project | None = None) -> SetUp | None:
    """The class for a function of one iterator that loads in front of its loop, without its decorators."""
    reader = _Reader(module, project, function)
    name = "".join(part[:1].upper() + part[1:] for part in function.name.split("_"))
    taken = {n.id for n in ast.walk(module.tree) if isinstance(n, ast.Name)} | set(module.definitions)
    if module.notebook or not name or name in taken or not reader.loads():
        return None
    return SetUp(name, tuple(reader.edits(name)))


class _Reader:
    """One function, taken apart: what it does in front of its last statement, and that."""

    def __init__(self, module: Module, project: Project | None, function: ast.FunctionDef) -> None:
        self._module, self._project, self._function = module, project, function
        documented = ast.get_docstring(function, clean=False) is not None
        self._documented = documented
        *self._first, self._last = function.body[1:] if documented and len(function.body) > 1 else function.body
        self._loaded: set[str] = set()
        self._plain: set[str] = set()
        self._imports: dict[str, tuple[str, ast.stmt]] = {}

    def loads(self) -> bool:
        """Whether all in front of the last statement is set-up, and something of it loads."""
        last = self._last.value if isinstance(self._last, ast.Expr) else self._last
        if not self._is_plain_function() or not isinstance(last, _LAST) or self._parameter not in _names(self._last):
            return False
        if not all(self._is_set_up(statement) for statement in self._first) or not self._loaded:
            return False
        return not self._rebinds() and not _spells_over_lines([*self._first, self._last], self._own)

    @property
    def _parameter(self) -> str:
        return self._function.args.args[0].arg

    @property
    def _own(self) -> set[str]:
        return self._loaded | self._plain

    def _is_plain_function(self) -> bool:
        node, arguments = self._function, self._function.args
        head = self._module.lines[node.lineno - 1].rstrip()
        others = arguments.posonlyargs or arguments.kwonlyargs or arguments.vararg or arguments.kwarg
        one_line = head.endswith(":") and "#" not in head and node.body[0].lineno > node.lineno
        return len(arguments.args) == 1 and not (others or arguments.defaults) and one_line

    def _is_set_up(self, statement: ast.stmt) -> bool:
        if self._parameter in _names(statement):
            return False
        if isinstance(statement, ast.Import | ast.ImportFrom):
            for alias in statement.names:
                bound = alias.asname or alias.name.split(".")[0]
                origin = alias.name if alias.asname or isinstance(statement, ast.ImportFrom) else bound
                prefix = f"{statement.module}." if isinstance(statement, ast.ImportFrom) else ""
                self._imports[bound] = prefix + origin, statement
            return True
        if isinstance(statement, ast.With):
            opened = {n.id for item in statement.items for n in ast.walk(item) if _stored(n)}
            fits = all(self._is_value(item.context_expr) for item in statement.items)
            return fits and all(self._is_set_up(inner) for inner in statement.body) and not opened & self._own
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            return self._is_value(statement.value)
        if isinstance(statement, ast.Assign):
            targets, value = statement.targets, statement.value
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            targets, value = [statement.target], statement.value
        else:
            return False
        flat = [one for target in targets for one in (target.elts if isinstance(target, ast.Tuple) else [target])]
        if not all(isinstance(target, ast.Name) for target in flat) or not self._is_value(value):
            return False
        names = {target.id for target in flat if isinstance(target, ast.Name)}
        loads = any(isinstance(node, ast.Call) and self._is_loader(node) for node in ast.walk(value))
        (self._loaded if loads or _names(value) & self._loaded else self._plain).update(names)
        return True

    def _is_value(self, value: ast.expr) -> bool:
        """Whether an expression loads, or is plain, and nothing that could be changed later but what is loaded."""
        if isinstance(value, _DISPLAYS) or any(
            isinstance(n, ast.Yield | ast.YieldFrom | ast.Await) for n in ast.walk(value)
        ):
            return False
        return all(self._is_known(node) for node in ast.walk(value) if isinstance(node, ast.Call))

    def _is_known(self, call: ast.Call) -> bool:
        root = _root(call.func)
        on_loaded = isinstance(root, ast.Name) and root.id in self._loaded
        on_call = isinstance(root, ast.Call) and isinstance(call.func, ast.Attribute)
        return on_loaded or on_call or self._is_loader(call) or bool(_PLAIN.fullmatch(self._origin(call.func)))

    def _is_loader(self, call: ast.Call) -> bool:
        origin = self._origin(call.func)
        if _LOADERS.fullmatch(origin):
            return True
        home, function = self._module, functions(self._module).get(origin.rpartition(".")[2])
        if self._project is not None and (found := defined(self._project, self._module, origin)) is not None:
            home, function = found
        if function is None or (home is self._module and origin not in {function.name, f"{home.name}.{function.name}"}):
            return False
        calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
        return any(_LOADERS.fullmatch(_dotted(home, node.func)) for node in calls)

    def _origin(self, node: ast.expr) -> str:
        """The dotted origin of what is called, through the function's own imports."""
        text = ast.unparse(node)
        head, _, rest = text.partition(".")
        if head in self._imports:
            return ".".join(part for part in (self._imports[head][0], rest) if part)
        return _dotted(self._module, node)

    def _rebinds(self) -> bool:
        """Whether the last statement, or a function in front of it, gives one of the names another meaning."""
        for node in ast.walk(self._last):
            if _stored(node) and node.id in self._own:
                return True
            if isinstance(node, ast.arg) and node.arg in self._own:
                return True
            if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
                root = _root(node)
                if isinstance(root, ast.Name) and root.id in self._own:
                    return True
            if isinstance(node, ast.Global | ast.Nonlocal | ast.FunctionDef | ast.ClassDef):
                return True
        return False

    def edits(self, name: str) -> Iterator[Edit]:
        """What makes the function a class of that name."""
        node, module, lines = self._function, self._module, Lines(self._module.text)
        indent = lines.indent(self._last.lineno)
        unit = indent.removeprefix(lines.indent(node.lineno)) or "    "
        head = len(module.lines[node.lineno - 1].rstrip())
        start = module.column(node.lineno, node.col_offset)
        yield Edit(Span(module.path, node.lineno, start, node.lineno, head), f"class {name}:")
        for place in sorted(
            {(n.lineno, n.col_offset) for s in (*self._first, self._last) for n in _uses(s, self._own)}
        ):
            column = module.column(*place)
            yield Edit(Span(module.path, place[0], column, place[0], column), "self.")
        first = (node.body[0].end_lineno or 0) + 1 if self._documented else node.lineno + 1
        call = (self._first[-1].end_lineno or 0) + 1
        while not lines.line(call).strip():
            call += 1
        argument = module.segment(node.args.args[0])
        returns = f" -> {module.segment(node.returns)}" if node.returns else ""
        again = sorted({module.segment(s) for n, (_, s) in self._imports.items() if n in _names(self._last)})
        openings = {
            first: ("\n" if self._documented else "") + f"{indent}def __init__(self):\n",
            call: ("\n" if lines.line(call - 1).strip() else "")
            + f"{indent}def __call__(self, {argument}){returns}:\n"
            + "".join(f"{indent}{unit}{statement}\n" for statement in again),
        }
        gone = {line for s in self._idle_imports() for line in range(s.lineno, (s.end_lineno or s.lineno) + 1)}
        for number in range(first, (self._last.end_lineno or 0) + 1):
            here = Span(module.path, number, 0, number, 0)
            deeper = unit if lines.line(number).strip() and number not in gone else ""
            if deeper or number in openings:
                yield Edit(here, openings.get(number, "") + deeper)
            if number in gone:
                yield Edit(Span(module.path, number, 0, number + 1, 0), "")

    def _idle_imports(self) -> list[ast.stmt]:
        """The imports in front of the last statement that nothing else in front of it needs."""
        imports = {id(statement): statement for _, statement in self._imports.values()}
        read = set().union(*(_names(s) for s in self._first if not isinstance(s, ast.Import | ast.ImportFrom)))
        needed = {id(statement) for name, (_, statement) in self._imports.items() if name in read}
        return [statement for key, statement in imports.items() if key not in needed]


def _names(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def _uses(node: ast.AST, names: set[str]) -> Iterator[ast.Name]:
    return (inner for inner in ast.walk(node) if isinstance(inner, ast.Name) and inner.id in names)


def _stored(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def _root(node: ast.expr) -> ast.expr:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node


def _dotted(module: Module, node: ast.expr) -> str:
    return module.resolve(node) or ast.unparse(node)


def _spells_over_lines(statements: list[ast.stmt], names: set[str]) -> bool:
    """Whether a text goes over several lines, whose indentation is its own, or names one of these inside braces."""
    for node in (inner for statement in statements for inner in ast.walk(statement)):
        if isinstance(node, ast.JoinedStr) and _names(node) & names:
            return True
        if isinstance(node, ast.JoinedStr | ast.Constant) and node.end_lineno != node.lineno:
            return True
    return False
