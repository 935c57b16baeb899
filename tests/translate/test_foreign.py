"""Which imports a Ray job cannot have."""

from __future__ import annotations

import ast

import pytest

from migrate.translate.foreign import foreign_imports


@pytest.mark.parametrize(
    ("statement", "packages"),
    [
        ("import pyspark.sql.functions as F", ["pyspark"]),
        ("from pyspark import SparkContext, StorageLevel", ["pyspark"]),
        ("import os, horovod.torch as hvd, petastorm", ["horovod", "petastorm"]),
        ("import xgboost", []),
        ("from xgboost import XGBClassifier", []),
        ("from xgboost import spark", ["xgboost.spark"]),
        ("from xgboost.spark import SparkXGBClassifier", ["xgboost.spark"]),
        ("from synapse.ml.lightgbm import LightGBMClassifier", ["synapse.ml"]),
        ("from delta.tables import DeltaTable", ["delta.tables"]),
        ("import pysparkling_water", []),
        ("from .pyspark import helper", []),
        ("from . import horovod", []),
    ],
)
def test_what_only_works_beside_spark(statement: str, packages: list[str]) -> None:
    assert list(foreign_imports(ast.parse(f"\n{statement}\n"))) == [(2, package) for package in packages]
