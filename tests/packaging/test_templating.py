"""The one Jinja environment: strict about names, careful with HTML, exact about white space."""

from __future__ import annotations

import jinja2
import pytest

from migrate import templating


@pytest.fixture
def environment() -> jinja2.Environment:
    """The product's environment over templates of the test's own."""
    sources = {
        "page.html.j2": "<p>{{ value }}</p>\n",
        "code.py.j2": "x = {{ value }}\n",
        "loop.py.j2": "{% for name in names %}\n    {% if name %}\nimport {{ name }}\n    {% endif %}\n{% endfor %}\n",
    }
    return templating.environment().overlay(loader=jinja2.DictLoader(sources))


@pytest.mark.parametrize(
    ("template", "values", "text"),
    [
        pytest.param("page.html.j2", {"value": "<b>"}, "<p>&lt;b&gt;</p>\n", id="a page escapes"),
        pytest.param("code.py.j2", {"value": "a < b"}, "x = a < b\n", id="code does not"),
        pytest.param("loop.py.j2", {"names": ["os", "", "re"]}, "import os\nimport re\n", id="tags leave no lines"),
    ],
)
def test_rendering(environment: jinja2.Environment, template: str, values: dict[str, object], text: str) -> None:
    assert environment.get_template(template).render(values) == text


def test_a_forgotten_value_is_an_error(environment: jinja2.Environment) -> None:
    with pytest.raises(jinja2.UndefinedError, match="'value' is undefined"):
        environment.get_template("code.py.j2").render()


def test_a_template_that_is_not_there_is_an_error() -> None:
    with pytest.raises(jinja2.TemplateNotFound):
        templating.render("stage/no_such.py.j2")
