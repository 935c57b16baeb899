"""One Jinja environment for everything that is written from templates: emitted code, cluster files, reports."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment

_IN_A_WHEEL = Path(__file__).parent / "templates"
_IN_A_CHECKOUT = Path(__file__).parent.parent / "templates"


@cache
def environment() -> Environment:
    """The environment that finds `stage/...j2`, `report/...j2` and their kin, in a checkout and in an installed wheel.

    A name that a template uses and the caller did not give is an error; HTML templates escape every value.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        # Never both: beside an installed package, `templates` is somebody else's.
        loader=FileSystemLoader(_IN_A_WHEEL if _IN_A_WHEEL.exists() else _IN_A_CHECKOUT),
        undefined=StrictUndefined,
        autoescape=lambda name: name is not None and name.endswith((".html.j2", ".html")),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def render(template: str, /, **values: object) -> str:
    """The text of one template, named relative to `templates/`."""
    return environment().get_template(template).render(**values)
