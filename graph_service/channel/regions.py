"""Regions: paths of names from large to small, as `CN/Guangdong/Shenzhen`."""


def contains(region: str, inner: str | None) -> bool:
    """Whether a region holds another: it does when it is a prefix of it, name by name."""
    return inner is not None and f"{inner}/".startswith(f"{region}/")
