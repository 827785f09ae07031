"""The sizes of a chart, in CSS pixels, for a wide or a narrow page."""

from dataclasses import dataclass

TEXT_PIXELS = 12.5
SMALL_PIXELS = 11.5
LINE_PIXELS = 16


@dataclass(frozen=True)
class Layout:
    """Pixels: the whole width, the columns left and right of the plot, a row, and the margin below.

    A stacked layout has no columns: the row's texts stand on a line of their own above its marks.
    """

    width: int
    left: int
    right: int
    row: int
    stacked: bool
    label_characters: int
    bottom: int = 28

    @property
    def plot(self) -> int:
        """The width of the plot itself."""
        return self.width - self.left - self.right


WIDE = Layout(width=880, left=290, right=250, row=28, stacked=False, label_characters=40)
NARROW = Layout(width=320, left=14, right=14, row=48, stacked=True, label_characters=36)
