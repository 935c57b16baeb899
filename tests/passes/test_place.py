"""Which engine runs which stage: small graphs by name."""

from __future__ import annotations

import pytest

from migrate.ir import Cost, Engine, HeavyKind, Job, Kind, Span, Stage, Verdict
from migrate.passes.place import place

HERE = Span("job.py", 1, 0, 1, 1)


def stage(name: str, kind: Kind, *inputs: str, heavy: bool = False) -> Stage:
    return Stage(
        id=name,
        kind=kind,
        symbol=name if "." in name else f"X.{name}",
        cost=Cost.PYTHON if heavy else Cost.NATIVE,
        span=HERE,
        chain=HERE,
        statement=HERE,
        scope="",
        inputs=inputs,
        heavy=HeavyKind.PYTHON_UDF if heavy else None,
    )


READ = stage("read", Kind.READ)
JOIN = stage("join", Kind.JOIN, "read")
UDF = stage("udf", Kind.PROJECT, "join", heavy=True)
WRITE = stage("write", Kind.WRITE, "udf")
BESIDE = (stage("side", Kind.ACTION, "udf"), stage("behind", Kind.ACTION, "join"))
HEAVY_BRANCHES = (
    stage("one", Kind.PROJECT, "left", heavy=True),
    stage("other", Kind.PROJECT, "right", heavy=True),
)

ROWS = [
    pytest.param([READ, JOIN, UDF, WRITE], {"read", "join"}, {"udf", "write"}, {}, id="native work in front stays"),
    pytest.param(
        [READ, JOIN, UDF, WRITE], {"read", "join", "write"}, set(), {"udf": ("write",)}, id="held from behind"
    ),
    pytest.param([READ, JOIN, UDF, WRITE], {"read", "join", "udf"}, set(), {"udf": ("udf",)}, id="not mapped itself"),
    pytest.param(
        [READ, stage("udf", Kind.PROJECT, "read", heavy=True), WRITE],
        set(),
        {"read", "udf", "write"},
        {},
        id="back to the read",
    ),
    pytest.param(
        [READ, stage("udf", Kind.PROJECT, "read", heavy=True), WRITE, stage("count", Kind.ACTION, "read")],
        {"count"},
        {"udf", "write"},
        {},
        id="a read that Spark needs too stays",
    ),
    pytest.param(
        [
            READ,
            stage("udf", Kind.PROJECT, "read", heavy=True),
            stage("GroupedData.count", Kind.AGGREGATE, "udf"),
        ],
        set(),
        set(),
        {"udf": ("GroupedData.count",)},
        id="a shuffle behind the last Python work pays no move",
    ),
    pytest.param(
        [
            READ,
            stage("udf", Kind.PROJECT, "read", heavy=True),
            stage("GroupedData.count", Kind.AGGREGATE, "udf"),
            stage("second", Kind.PROJECT, "GroupedData.count", heavy=True),
        ],
        set(),
        {"read", "udf", "GroupedData.count", "second"},
        {},
        id="a shuffle between Python work moves",
    ),
    pytest.param(
        [
            READ,
            stage("fit", Kind.FIT, "read"),
            stage("udf", Kind.PROJECT, "read", heavy=True),
            stage("apply", Kind.PREDICT, "fit", "udf"),
        ],
        {"fit"},
        set(),
        {"udf": ("apply",)},
        id="a model does not cross",
    ),
    pytest.param(
        [
            stage("RDD.join", Kind.JOIN),
            stage("udf", Kind.PROJECT, "RDD.join", heavy=True),
            stage("write", Kind.WRITE, "udf"),
        ],
        {"RDD.join"},
        set(),
        {"udf": ("udf",)},
        id="an RDD does not cross",
    ),
    pytest.param(
        [
            READ,
            stage("a", Kind.FILTER, "read", "b"),
            stage("b", Kind.FILTER, "a"),
            stage("udf", Kind.PROJECT, "b", heavy=True),
        ],
        set(),
        {"udf"},
        {},
        id="a loop in the graph ends",
    ),
    pytest.param(
        [READ, stage("udf", Kind.PROJECT, "read", heavy=True), stage("join", Kind.JOIN, "udf"), *BESIDE],
        {"join", "side", "behind"},
        set(),
        {"udf": ("join", "side")},
        id="blocked by the first on each way, not by what is behind it",
    ),
    pytest.param(
        [READ, *(stage(name, Kind.FILTER, "read") for name in ("left", "right")), *HEAVY_BRANCHES],
        set(),
        {"read", "left", "right", "one", "other"},
        {},
        id="two branches that both move take the read they share along",
    ),
]


def test_a_chain_of_thousands_is_placed_whole() -> None:
    chain = [READ, *(stage(f"s{n}", Kind.FILTER, f"s{n - 1}" if n else "read") for n in range(5000))]
    chain.append(stage("udf", Kind.PROJECT, "s4999", heavy=True))
    job = Job("job.py", "job", tuple(chain), verdict=Verdict.MOVE_TO_RAY)
    assert {one.engine for one in place(job, lambda one: None).stages} == {Engine.RAY}
    held = place(job, lambda one: "no mapping" if one.id in {"s7", "udf"} else None)
    assert [one.blocked_by for one in held.stages if one.blocked_by] == [("udf",)]


@pytest.mark.parametrize(("stages", "refused", "on_ray", "blocked"), ROWS)
def test_place(stages: list[Stage], refused: set[str], on_ray: set[str], blocked: dict[str, tuple[str, ...]]) -> None:
    job = Job("job.py", "job", tuple(stages), verdict=Verdict.SPLIT)
    placed = place(job, lambda one: "no mapping" if one.id in refused else None)
    assert {one.id for one in placed.stages if one.engine is Engine.RAY} == on_ray
    assert {one.id: one.blocked_by for one in placed.stages if one.blocked_by} == blocked
    engines = {one.id: one.engine for one in placed.stages}
    for boundary in placed.boundaries:
        assert (engines[boundary.source], engines[boundary.target]) == (Engine.SPARK, Engine.RAY)
        assert boundary.direction == "spark_to_ray"


@pytest.mark.parametrize(
    ("everything", "moves"), [pytest.param(False, False, id="kept"), pytest.param(True, True, id="all")]
)
def test_a_job_that_is_kept_moves_only_when_everything_does(everything: bool, moves: bool) -> None:
    job = Job("job.py", "job", (READ, JOIN, UDF, WRITE), verdict=Verdict.KEEP_ON_SPARK)
    placed = place(job, lambda one: None, everything=everything)
    assert any(one.engine is Engine.RAY for one in placed.stages) is moves
