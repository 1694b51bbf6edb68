"""Where the files that ship beside the code are: in a checkout at its top, in a wheel inside the package."""

from pathlib import Path

_PACKAGE = Path(__file__).parent


def resource(name: str) -> Path:
    """Path of a shipped folder: `cypher`, `schema` or `seeds`.

    Raises:
        FileNotFoundError: when the installation lacks it.
    """
    for root in (_PACKAGE, _PACKAGE.parent):
        if (root / name).is_dir():
            return root / name
    raise FileNotFoundError(f"The installation lacks its folder {name!r}; install the package again.")
