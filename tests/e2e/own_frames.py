"""The cases of the suites are written in polars; a repository of pandas takes and gives frames of its own."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

import polars as pl

try:
    from core import frames
except ImportError:
    frames = None


def own(frame: pl.DataFrame) -> Any:
    """A frame as the repository has them."""
    return frame if frames is None else frames.from_arrow(frame.to_arrow(compat_level=pl.CompatLevel.oldest()))


def own_schema(schema: pl.Schema) -> Any:
    """A schema as the repository has them."""
    return schema if frames is None else schema.to_frame().to_arrow(compat_level=pl.CompatLevel.oldest()).schema


def kinds_of(schema: Any) -> Any:
    """The types of the columns of a schema of the repository, by their names."""
    return schema if frames is None else frames.types_of(schema)


def ours(frame: Any) -> pl.DataFrame:
    """What the repository gives, as a frame of polars."""
    return frame if frames is None else cast(pl.DataFrame, pl.from_arrow(frames.to_arrow(frame)))


def loading(load: Callable[[Any], int]) -> Callable[[pl.DataFrame], int]:
    """A loader of the repository that takes frames of polars."""

    @wraps(load)
    def loaded(frame: pl.DataFrame) -> int:
        return load(own(frame))

    return loaded
