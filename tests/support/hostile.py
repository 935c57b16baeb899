"""Jobs written to trip the rewriter: one body each inside a small, well-formed job."""

from __future__ import annotations

import textwrap
from pathlib import Path

from migrate.rewrite import Rewrite, rewrite

HEAD = """\
import argparse
import os
import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import StringType


def shout(text):
    return text.upper()


loud = F.udf(shout, StringType())
"""

MAIN = (
    HEAD
    + """

def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--input")
    parser.add_argument("--output")
    args = parser.parse_args()
    spark = SparkSession.builder.getOrCreate()
{body}
    spark.stop()


if __name__ == "__main__":
    main()
"""
)

READ = "df = spark.read.parquet(args.input).sample(0.3)\n"
MOVED = 'out = df.withColumn("b", loud("a"))\nout.write.mode("overwrite").parquet(os.path.join(args.output, "x"))\n'


def job(body: str) -> str:
    """The text of a job whose ``main`` has that body, between the making of the session and its stop."""
    return MAIN.format(body=textwrap.indent(body.rstrip("\n"), "    "))


def rewritten(text: str, folder: Path, *, everything: bool = True) -> Rewrite:
    """The rewrite of that text as ``job.py``."""
    file = folder / "job.py"
    file.write_bytes(text.encode("utf-8"))
    return rewrite(file, everything=everything)
