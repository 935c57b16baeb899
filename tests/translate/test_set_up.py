"""Functions that load in front of their loop become classes, but for those that may keep a state for a partition."""

from __future__ import annotations

import ast
import textwrap
from pathlib import Path

import pytest

from migrate.rewrite import rewrite

HEAD = """\
import os

import numpy as np
import torch
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
df = spark.read.parquet("in")


def load_net(path, net=None):
    return torch.load(path) if net is None else net


"""
TAIL = """

df.mapInPandas(score, "id long").write.parquet("out")
"""


def rewritten(function: str, tmp_path: Path, tail: str = TAIL) -> str:
    """The Ray part of a job with that function."""
    job = tmp_path / "job.py"
    job.write_text(HEAD + textwrap.dedent(function) + tail, encoding="utf-8")
    made = rewrite(job, everything=True)
    return made.files["job_ray.py"]


def class_of(text: str) -> str:
    """The text of the class that the function has become."""
    (found,) = (n for n in ast.parse(text).body if isinstance(n, ast.ClassDef) and n.name == "Score")
    return ast.get_source_segment(text, found) or ""


@pytest.mark.parametrize(
    ("function", "wanted"),
    [
        pytest.param(
            """\
            def score(frames):
                model = torch.load("m.pt", map_location="cpu")
                model.eval()
                for frame in frames:
                    yield frame.assign(id=model(frame))
            """,
            """\
            class Score:
                def __init__(self):
                    self.model = torch.load("m.pt", map_location="cpu")
                    self.model.eval()

                def __call__(self, frames):
                    for frame in frames:
                        yield frame.assign(id=self.model(frame))""",
            id="a model",
        ),
        pytest.param(
            '''\
            def score(frames: list) -> list:
                """Ids.

                Of all."""
                import os

                from transformers import AutoModel as Auto, AutoTokenizer

                # Where it lies.
                place = os.getenv("MODEL", "m")
                tokens, model = AutoTokenizer.from_pretrained(place), Auto.from_pretrained(place).eval()
                with torch.no_grad():
                    limit = 5

                # One by one.
                for frame in frames:
                    at = os.getpid()

                    yield frame.assign(id=model(tokens(frame)), at=at)[:limit]
            ''',
            '''\
            class Score:
                """Ids.

                Of all."""

                def __init__(self):
                    import os

                    from transformers import AutoModel as Auto, AutoTokenizer

                    # Where it lies.
                    self.place = os.getenv("MODEL", "m")
                    self.tokens, self.model = (
                        AutoTokenizer.from_pretrained(self.place),
                        Auto.from_pretrained(self.place).eval(),
                    )
                    with torch.no_grad():
                        self.limit = 5

                def __call__(self, frames: list) -> list:
                    import os

                    # One by one.
                    for frame in frames:
                        at = os.getpid()

                        yield frame.assign(id=self.model(self.tokens(frame)), at=at)[: self.limit]''',
            id="imports, comments, several names",
        ),
        pytest.param(
            """\
            def score(frames):
                import os
                net = load_net("m.pt")
                with torch.no_grad():
                    return (frame.assign(id=net(frame), at=os.getpid()) for frame in frames)
            """,
            """\
            class Score:
                def __init__(self):
                    self.net = load_net("m.pt")

                def __call__(self, frames):
                    import os

                    with torch.no_grad():
                        return (frame.assign(id=self.net(frame), at=os.getpid()) for frame in frames)""",
            id="a function of the job that loads, and an iterator that is returned",
        ),
    ],
)
def test_it_becomes_a_class(function: str, wanted: str, tmp_path: Path) -> None:
    text = rewritten(function, tmp_path)
    assert ast.dump(ast.parse(class_of(text))) == ast.dump(ast.parse(textwrap.dedent(wanted)))
    assert [line.strip() for line in class_of(text).splitlines() if line.strip().startswith("#")] == [
        line.strip() for line in wanted.splitlines() if line.strip().startswith("#")
    ]
    assert "LoadingStep" in text and "compute=actor_pool()" in text


@pytest.mark.parametrize(
    ("first", "rest"),
    [
        pytest.param("seen = set()\nmodel = torch.load('m')", "yield frame[:len(seen)]", id="a set"),
        pytest.param("model = torch.load('m')\nrows = []", "yield frame[:len(rows)]", id="a list"),
        pytest.param("m = torch.load('m')\nrng = np.random.default_rng(1)", "yield rng.permuted(frame)", id="draws"),
        pytest.param("m = torch.load('m')\nn = os.getpid()", "yield frame + n", id="the process"),
        pytest.param("model = torch.load('m')\nn = 0", "n += 1\nyield frame", id="a count"),
        pytest.param("model = torch.load('m')", "model.seen = 1\nyield frame", id="a state in the model"),
        pytest.param("model = torch.load('m')", "model[0] = frame\nyield frame", id="an element of the model"),
        pytest.param("model = torch.load('m')", "yield [model for model in frame]", id="another of the name"),
        pytest.param("model = torch.load('m')", "yield f'{model}'", id="a name inside a text"),
        pytest.param("model = torch.load('m')", "yield '''a\nb'''", id="a text over lines"),
        pytest.param("model = np.ones(3)", "yield frame + model", id="nothing loaded"),
        pytest.param("model = torch.load(next(frames))", "yield frame + model", id="loaded by what comes"),
        pytest.param("print('begun')\nmodel = torch.load('m')", "yield frame + model", id="something is done"),
    ],
)
def test_what_may_be_meant_for_a_partition_stays_as_it_is(first: str, rest: str, tmp_path: Path) -> None:
    body = textwrap.indent(first, "    ") + "\n    for frame in frames:\n" + textwrap.indent(rest, "        ")
    text = rewritten(f"def score(frames):\n{body}\n", tmp_path)
    assert "def score(frames):" in text
    assert "LoadingStep" not in text and "map_in_pandas(score" in text


@pytest.mark.parametrize(
    ("function", "tail"),
    [
        pytest.param("", "\ndf.mapInPandas(score, 'id long').write.parquet('b')\n", id="used twice"),
        pytest.param("    print('done')\n", "", id="something behind the loop"),
        pytest.param("", "\nScore = 3\nprint(Score)\n", id="the name is taken"),
    ],
)
def test_so_does_a_function_with_more_to_it(function: str, tail: str, tmp_path: Path) -> None:
    head = "def score(frames):\n    model = torch.load('m')\n    for frame in frames:\n        yield model(frame)\n"
    text = rewritten(head + function, tmp_path, TAIL + tail)
    assert "def score(frames):" in text and "LoadingStep" not in text


UDF = """\
from typing import Iterator

import pandas as pd
import torch
from pyspark.sql import SparkSession
from pyspark.sql.functions import pandas_udf


def main():
    spark = SparkSession.builder.getOrCreate()

    @pandas_udf("double")
    def score(batches: Iterator[pd.Series]) -> Iterator[pd.Series]:
        net = torch.load("m.pt")
        for batch in batches:
            yield net(batch)

    spark.read.parquet("in").select("id", score("x").alias("y")).write.parquet("out")


main()
"""


def test_a_pandas_udf_becomes_a_class_under_the_name_that_is_called(tmp_path: Path) -> None:
    job = tmp_path / "job.py"
    job.write_text(UDF, encoding="utf-8")
    (body,) = (
        node.body
        for node in ast.parse(rewrite(job, everything=True).files["job_ray.py"]).body
        if isinstance(node, ast.FunctionDef) and node.name == "main"
    )
    made, bound = (n for n in body if isinstance(n, ast.ClassDef) or ast.unparse(n).startswith("score = "))
    wanted = textwrap.dedent("""\
        class Score:
            def __init__(self):
                self.net = torch.load("m.pt")

            def __call__(self, batches: Iterator[pd.Series]) -> Iterator[pd.Series]:
                for batch in batches:
                    yield self.net(batch)""")
    assert ast.unparse(made) == ast.unparse(ast.parse(wanted))
    assert ast.unparse(bound) == "score = LoadingUdf(Score, pa.float64())"


def test_a_class_that_only_a_part_on_spark_would_use_is_not_left_behind(tmp_path: Path) -> None:
    job = tmp_path / "job.py"
    kept = """
        @pandas_udf("double")
        def score(batches: Iterator[pd.Series]) -> Iterator[pd.Series]:
            net = torch.load("m.pt")
            for batch in batches:
                yield net(batch)


        df.groupBy(score("x")).pivot("k").count().write.parquet("kept")
        df.mapInPandas(lambda frames: frames, "id long").write.parquet("out")
        """
    imports = "from typing import Iterator\nimport pandas as pd\nfrom pyspark.sql.functions import pandas_udf\n"
    job.write_text(imports + HEAD + textwrap.dedent(kept), encoding="utf-8")
    made = rewrite(job, everything=True)
    assert made.run == ("job_spark.py", "job_ray.py")
    assert "Score" not in made.files["job_ray.py"] and "def score" in made.files["job_spark.py"]
