"""How a job sets Spark's settings, and what cannot be told."""

from __future__ import annotations

import ast

import pytest

from migrate.frontend.module import Module
from migrate.mapping import NotCarried
from migrate.translate.settings import ANSI, ansi, setting

SET = {
    "the builder": 'spark = SparkSession.builder.config("spark.sql.ansi.enabled", True).getOrCreate()',
    "the builder, by names": 'builder.config(key="spark.sql.ansi.enabled", value="true")',
    "the builder, a map": 'builder.config(map={"spark.app.name": "x", "spark.sql.ansi.enabled": "true"})',
    "a SparkConf": 'conf = SparkConf().set("spark.sql.ansi.enabled", "TRUE")',
    "a SparkConf, all at once": 'conf.setAll([("spark.app.name", "x"), ("spark.sql.ansi.enabled", "true")])',
    "the session": 'spark.conf.set("spark.sql.ansi.enabled", "true")\nspark.conf.get("spark.sql.ansi.enabled")',
    "SQL": 'spark.sql("set spark.sql.ansi.enabled = true;")',
    "a loop over a dict": 'for key, value in {"spark.sql.ansi.enabled": "true"}.items():\n    conf.set(key, value)',
}
UNTOLD = {
    "a key with a name": 'KEY = "spark.sql.ansi.enabled"\nspark.conf.set(KEY, "true")',
    "a value that is computed": 'spark.conf.set("spark.sql.ansi.enabled", mode)',
    "two values": 'spark.conf.set("spark.sql.ansi.enabled", "true")\nspark.conf.set("spark.sql.ansi.enabled", "false")',
    "back to the default": 'conf.set("spark.sql.ansi.enabled", "true")\nspark.conf.unset("spark.sql.ansi.enabled")',
}


def _module(text: str, path: str = "job.py") -> Module:
    return Module(path, text, ast.parse(text), path.removesuffix(".py"))


@pytest.mark.parametrize("text", SET.values(), ids=SET)
def test_a_setting_is_seen_however_it_is_set(text: str) -> None:
    assert ansi([_module(text)])


@pytest.mark.parametrize("text", UNTOLD.values(), ids=UNTOLD)
def test_what_cannot_be_told_is_not_guessed(text: str) -> None:
    with pytest.raises(NotCarried, match=ANSI):
        setting(_module(text), ANSI)


def test_it_is_off_by_default_and_where_it_is_turned_off() -> None:
    assert not ansi([_module("spark = builder.getOrCreate()")])
    assert not ansi([_module('builder.config("spark.sql.ansi.enabled", "false")')])


def test_a_module_of_the_job_that_is_imported_counts() -> None:
    assert ansi([_module("import session"), _module(SET["the builder"], "session.py")])
    with pytest.raises(NotCarried):
        ansi([_module(SET["the builder"]), _module('conf.set("spark.sql.ansi.enabled", "false")', "session.py")])
