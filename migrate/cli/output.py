"""Where a command's output goes: files that are written whole or not at all, and a terminal that may have colours."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from migrate.errors import MigrateError


def colored(stream: TextIO) -> bool:
    """Whether colours are welcome: on a terminal that has them, unless NO_COLOR (https://no-color.org) is set."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def write_all(texts: Mapping[Path, str]) -> None:
    """Writes every file, or, when one cannot be written, none of them: MigrateError says which."""
    staged: dict[Path, Path] = {}
    path = Path()
    try:
        for path, text in texts.items():
            # Through a link into its target. A pipe or a device is no file that another could take the place of.
            target = path.resolve()
            staged[path] = target if target.exists() and not target.is_file() else _beside(target)
            staged[path].write_text(text, encoding="utf-8")
        for path, scratch in staged.items():
            if scratch != path.resolve():
                scratch.replace(path.resolve())
    except OSError as error:
        raise MigrateError(f"{path}: cannot be written ({error.strerror}); give another --output") from error
    finally:
        for path, scratch in staged.items():
            if scratch != path.resolve():
                scratch.unlink(missing_ok=True)


def _beside(target: Path) -> Path:
    """A new empty file beside ``target``, with the rights that ``target`` has or would be given."""
    rights = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    os.close(handle)
    Path(name).chmod(rights)
    return Path(name)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
