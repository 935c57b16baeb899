"""What a shipped function reaches: libraries, training, prediction, and how much it does."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate.frontend import read_job

LIBRARIES = {
    "by its import": ("import cv2\ndef f(x):\n    return cv2.imdecode(x)", "cv2"),
    "by an import inside": ("def f(x):\n    import cv2\n    return cv2.imdecode(x)", "cv2"),
    "of an object of the module": (
        "from faker import Faker\nfake = Faker()\ndef f(x):\n    return fake.name()",
        "faker",
    ),
    "through a lambda of the module": (
        "import cv2\nread = lambda x: cv2.imdecode(x)\ndef f(x):\n    return read(x)",
        "cv2",
    ),
    "a local name hides the object": (
        "from faker import Faker\nfake = Faker()\ndef f(x):\n    fake = x\n    return fake",
        "",
    ),
    "a class gives an attribute, not its methods": (
        "import cv2\nclass A:\n    size = 3\n    def read(self, x):\n        return cv2.imdecode(x)\n"
        "def f(x):\n    return A.size",
        "",
    ),
    "a class that is made gives its methods": (
        "import cv2\nclass A:\n    def read(self, x):\n        return cv2.imdecode(x)\n"
        "def f(x):\n    return A().read(x)",
        "cv2",
    ),
}

SIZES = {
    "a lambda that rearranges": ("f = lambda p: (p[1], p[0])", 0),
    "a function that rearranges": ('def f(p):\n    """Swapped."""\n    return p[1], p[0]', 0),
    "calls and statements": ("def f(p):\n    a = p.strip()\n    return a.lower()", 3),
    "what it calls": ("def g(p):\n    return p.strip()\ndef f(p):\n    return g(p)", 2),
}


def _facts(tmp_path: Path, code: str) -> dict[str, str]:
    path = tmp_path / "job.py"
    path.write_text(f"import pyspark\n{code}\nspark.range(3).rdd.map(f).collect()\n")
    (stage,) = [stage for stage in read_job(path)[0].stages if stage.heavy]
    return dict(stage.facts)


@pytest.mark.parametrize("name", LIBRARIES)
def test_libraries(name: str, tmp_path: Path) -> None:
    code, expected = LIBRARIES[name]
    assert _facts(tmp_path, code).get("libraries", "") == expected


@pytest.mark.parametrize("name", SIZES)
def test_size(name: str, tmp_path: Path) -> None:
    code, expected = SIZES[name]
    assert _facts(tmp_path, code)["size"] == str(expected)
