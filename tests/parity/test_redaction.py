"""Secrets: what is one, what only looks like one, and that none is left in a text."""

from __future__ import annotations

import pytest

from migrate.parity.redaction import Redactor, is_secret_name


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("AWS_SECRET_ACCESS_KEY", True),
        ("AWS_ACCESS_KEY_ID", True),
        ("WANDB_API_KEY", True),
        ("AZURE_STORAGE_KEY", True),
        ("HF_TOKEN", True),
        ("dbPassword", True),
        ("fs.s3a.secret.key", True),
        ("TOKENIZERS_PARALLELISM", False),
        ("KEYBOARD", False),
        ("SPARK_LOCAL_DIRS", False),
    ],
)
def test_names_of_variables(name: str, secret: bool) -> None:
    assert is_secret_name(name, of_variable=True) is secret


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        pytest.param(["job", "--password", "hunter2"], ["job", "--password", "***"], id="the word after an option"),
        pytest.param(["job", "--token=hunter2"], ["job", "--token=***"], id="an option with its value"),
        pytest.param(
            ["job", "--conf", "spark.hadoop.fs.s3a.secret.key=hunter2"],
            ["job", "--conf", "spark.hadoop.fs.s3a.secret.key=***"],
            id="a Spark setting",
        ),
        pytest.param(["job", "jdbc:pg://me:hunter2@db/x"], ["job", "jdbc:pg://me:***@db/x"], id="inside an address"),
        pytest.param(["job", "--sort-key", "name"], ["job", "--sort-key", "name"], id="a key to sort by"),
        pytest.param(["job", "--max-tokens", "512"], ["job", "--max-tokens", "512"], id="tokens that are counted"),
    ],
)
def test_commands(command: list[str], shown: list[str]) -> None:
    assert Redactor(commands=[command]).command(command) == shown


def test_a_secret_within_a_secret_leaves_no_rest() -> None:
    redactor = Redactor([{"A_TOKEN": "abcd", "B_TOKEN": "abcdefgh"}])
    assert redactor.text("abcdefgh and abcd") == "*** and ***"


def test_a_short_value_is_hidden_by_name_but_not_in_texts() -> None:
    redactor = Redactor([{"A_TOKEN": "no"}])
    assert redactor.environment({"A_TOKEN": "no", "B": "no"}) == {"A_TOKEN": "***", "B": "no"}
    assert redactor.text("there is no row") == "there is no row"
