"""The formats that a report has without a page, by name."""

from collections.abc import Callable, Mapping, Sequence

from bench.records.run import Run
from reports.export import csv_format, json_format, markdown_format, smaller_is_better

FORMATS: Mapping[str, Callable[[Sequence[Run]], str]] = {
    "csv": csv_format.to_csv,
    "markdown": markdown_format.to_markdown,
    "json": json_format.to_json,
    "smaller-is-better": smaller_is_better.to_json,
}
