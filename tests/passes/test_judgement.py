"""The tag and the verdict of whole jobs, each kind beside one that nearly is."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate.frontend import read_job
from migrate.ir import Tag, Verdict
from migrate.passes import judge

HEAD = "from pyspark.sql import SparkSession, functions as F\nspark = SparkSession.builder.getOrCreate()\n"
KEEP, MOVE, SPLIT = Verdict.KEEP_ON_SPARK, Verdict.MOVE_TO_RAY, Verdict.SPLIT

JOBS = {
    "reads, joins, writes": (
        "a = spark.table('a').join(spark.table('b'), 'id')\na.groupBy('id').count().write.saveAsTable('c')",
        Tag.SQL_ETL,
        KEEP,
    ),
    "one line of Python beside much SQL": (
        "f = F.udf(lambda s: s[1:])\na = spark.table('a').withColumn('x', f('x'))\n"
        "a = a.join(spark.table('b'), 'id').filter('x > 1').groupBy('id').count()\n"
        "a.orderBy('id').write.saveAsTable('c')",
        Tag.SQL_ETL,
        KEEP,
    ),
    "the same line of Python as all there is": (
        "f = F.udf(lambda s: s[1:])\nspark.table('a').withColumn('x', f('x')).show()",
        Tag.PYTHON_COMPUTE,
        SPLIT,
    ),
    "one line of Python behind a query that does the work": (
        "spark.sql('select a, count(*) n from t where b > 1 group by a').rdd.map(lambda r: (r.a, r.n)).collect()",
        Tag.SQL_ETL,
        KEEP,
    ),
    "one line of Python behind a query that only reads": (
        "spark.sql('select * from t').rdd.map(lambda r: (r.a, r.n)).collect()",
        Tag.PYTHON_COMPUTE,
        MOVE,
    ),
    "statements of SQL that do nothing to rows": (
        "spark.sql('use catalog c')\nspark.sql('create schema if not exists s')\nspark.sql('show tables')\n"
        "spark.table('a').rdd.map(lambda r: (r.a, r.n)).collect()",
        Tag.PYTHON_COMPUTE,
        MOVE,
    ),
    "a function that does more than the native stages around it": (
        "def parse(s):\n    a = s.split()\n    b = a[0].strip()\n    c = b.lower()\n    return c + a[1]\n"
        "f = F.udf(parse)\nspark.table('a').withColumn('x', f('x')).filter('x > 1').drop('y').distinct()"
        ".write.saveAsTable('c')",
        Tag.PYTHON_COMPUTE,
        SPLIT,
    ),
    "Python over text files": (
        "def parse(line):\n    words = [w.strip() for w in line.split(',')]\n    return len(words), words\n"
        "spark.sparkContext.textFile('x').map(parse).filter(lambda p: p[0] > 1).saveAsTextFile('y')",
        Tag.PYTHON_COMPUTE,
        MOVE,
    ),
    "the same after a join of tables": (
        "def parse(row):\n    words = [w.strip() for w in row.line.split(',')]\n    return len(words), words\n"
        "spark.table('a').join(spark.table('b'), 'id').rdd.map(parse).saveAsTextFile('y')",
        Tag.PYTHON_COMPUTE,
        SPLIT,
    ),
    "lambdas that only swap fields between joins": (
        "pairs = spark.sparkContext.parallelize([(1, 2)])\nturned = pairs.map(lambda p: (p[1], p[0]))\n"
        "pairs.join(turned).map(lambda p: p[1]).collect()",
        Tag.PYTHON_COMPUTE,
        KEEP,
    ),
    "only MLlib": (
        "from pyspark.ml.classification import LogisticRegression\ndf = spark.table('a')\n"
        "LogisticRegression().fit(df).transform(df).show()",
        Tag.BATCH_ML,
        KEEP,
    ),
    "training elsewhere on rows that are read": (
        "import horovod.spark.torch as hvd\nhvd.TorchEstimator(num_proc=2).fit(spark.table('a'))",
        Tag.BATCH_ML,
        MOVE,
    ),
    "the same after native work": (
        "import horovod.spark.torch as hvd\ndf = spark.table('a').join(spark.table('b'), 'id')\n"
        "hvd.TorchEstimator(num_proc=2).fit(df)",
        Tag.BATCH_ML,
        SPLIT,
    ),
    "a model applied in a partition function": (
        "import torch\ndef score(rows):\n    model = torch.load('m')\n    with torch.no_grad():\n"
        "        for row in rows:\n"
        "            yield model(row)\nspark.table('a').rdd.mapPartitions(score).saveAsTextFile('y')",
        Tag.BATCH_ML,
        MOVE,
    ),
    "rows that something generates, without a model": (
        "def make(rows):\n    for row in rows:\n        yield factory.generate(row)\n"
        "spark.table('a').rdd.mapPartitions(make).saveAsTextFile('y')",
        Tag.PYTHON_COMPUTE,
        MOVE,
    ),
    "text that a model generates": (
        "from transformers import pipeline\ndef make(rows):\n    for row in rows:\n"
        "        yield pipeline('x').generate(row)\n"
        "spark.table('a').rdd.mapPartitions(make).saveAsTextFile('y')",
        Tag.BATCH_ML,
        MOVE,
    ),
    "text that is split into tokens for a model": (
        "from transformers import AutoTokenizer\ndef split(rows):\n    for row in rows:\n"
        "        yield AutoTokenizer.from_config('x').encode(row)\n"
        "spark.table('a').rdd.mapPartitions(split).saveAsTextFile('y')",
        Tag.PYTHON_COMPUTE,
        MOVE,
    ),
    "rows of an RDD that is shuffled beside": (
        "rows = spark.sparkContext.textFile('x').map(lambda s: (s, 1)).partitionBy(4)\n"
        "rows.distinct().glom().map(len).collect()",
        Tag.PYTHON_COMPUTE,
        MOVE,
    ),
    "a stream": ("spark.readStream.load('a').writeStream.start('b')", Tag.STREAMING, KEEP),
    "a stream with Python in it": (
        "def save(batch, n):\n    batch.rdd.map(lambda r: len(r)).count()\n"
        "spark.readStream.load('a').writeStream.foreachBatch(save).start()",
        Tag.STREAMING,
        KEEP,
    ),
    "gradient descent by hand": (
        "import numpy as np\n"
        "points = spark.sparkContext.textFile('x').map(lambda s: np.array(s.split())).cache()\n"
        "weights = np.zeros(3)\n"
        "def gradient(p, w):\n    return np.dot(p, w) * p\nfor i in range(9):\n"
        "    weights -= points.map(lambda p: gradient(p, weights)).reduce(lambda a, b: a + b)",
        Tag.BATCH_ML,
        MOVE,
    ),
}


@pytest.mark.parametrize("name", JOBS)
def test_tag_and_verdict(name: str, tmp_path: Path) -> None:
    code, tag, verdict = JOBS[name]
    path = tmp_path / "job.py"
    path.write_text(HEAD + code + "\n")
    job = judge(read_job(path)[0])
    assert (job.tag, job.verdict) == (tag, verdict)
    assert job.reasons and all(reason.code and reason.message for reason in job.reasons)
    assert 0 < job.confidence <= 1


def test_what_an_included_file_does_by_itself_is_set_up(tmp_path: Path) -> None:
    (tmp_path / "setup.py").write_text(
        HEAD + "name = 'x'\n" + "spark.table('a').distinct().write.saveAsTable('b')\n" * 9
    )
    path = tmp_path / "job.py"
    path.write_text("from setup import name, spark\nspark.table(name).rdd.map(lambda r: len(r)).collect()\n")
    job = judge(read_job(path)[0])
    assert (len(job.stages), job.tag, job.verdict) == (30, Tag.PYTHON_COMPUTE, MOVE)


def test_what_could_not_be_followed_lowers_the_confidence(tmp_path: Path) -> None:
    path = tmp_path / "job.py"
    path.write_text(HEAD + "import lib\nspark.table('a').count()\n")
    sure = judge(read_job(path)[0]).confidence
    path.write_text(HEAD + "import lib\nlib.use(spark.table('a'))\nspark.table('a').count()\n")
    assert judge(read_job(path)[0]).confidence < sure
