"""What an earlier run found of files that have not changed since, kept in the user's cache folder."""

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import tempfile
from functools import cache
from pathlib import Path

import migrate


def digest(data: bytes) -> str:
    """A name for some bytes."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


@cache
def _toolkit() -> str:
    """A name for the toolkit's own code: what another version found is not to be trusted."""
    package = Path(migrate.__file__).parent
    stamp = [
        f"{path.relative_to(package)} {path.stat().st_mtime_ns} {path.stat().st_size}"
        for path in sorted(package.rglob("*.py"))
    ]
    return digest("\n".join(stamp).encode())


def default_folder() -> Path:
    """``$XDG_CACHE_HOME/spark-to-ray-migrate``, in ``~/.cache`` where that is not set."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "spark-to-ray-migrate"


class Cache:
    """One file for each analysed root. A file's entry holds as long as it, every module that its reading looked at, and
    the set of files in the tree stay the same."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder
        self._digests: dict[str, str] = {}
        self._stamp = ""
        self._entries: dict[str, tuple[tuple[tuple[str, str], ...], object]] = {}
        self._changed = False

    def open(self, root: Path, digests: dict[str, str]) -> None:
        """Start a run over ``root``, whose files have these digests; an unreadable cache is an empty one."""
        self._digests = digests
        self._path = self._folder / f"analyze-{digest(os.fsencode(root))}.pickle"
        self._stamp = digest("\n".join((_toolkit(), *sorted(digests))).encode())
        self._entries, self._changed = {}, False
        with contextlib.suppress(
            OSError, pickle.UnpicklingError, EOFError, AttributeError, ImportError, ValueError, TypeError
        ):
            stamp, entries = pickle.loads(self._path.read_bytes())
            if stamp == self._stamp:
                self._entries = entries

    def known(self, file: str) -> object | None:
        """What was found of a file, None where that is unknown or out of date."""
        entry = self._entries.get(file)
        if entry is None or any(self._digests.get(path) != seen for path, seen in entry[0]):
            return None
        return entry[1]

    def keep(self, file: str, found: object, needs: tuple[str, ...]) -> None:
        """Remember what was found of a file, and that it hangs on these."""
        seen = tuple((path, self._digests.get(path, "")) for path in sorted({file, *needs}))
        self._entries[file] = (seen, found)
        self._changed = True

    def save(self) -> None:
        """Write what is new; a folder that cannot be written is no reason to fail."""
        if not self._changed:
            return
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._folder)
            with os.fdopen(handle, "wb") as file:
                pickle.dump((self._stamp, self._entries), file, protocol=pickle.HIGHEST_PROTOCOL)
            Path(name).replace(self._path)
