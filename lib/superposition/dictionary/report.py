"""How what was measured of a dictionary is shown: as text, as HTML with figures, as JSON."""

import html
import io
import json
import math

__all__ = ["Report", "counted", "shown"]


def shown(number: float) -> str:
    """A number as it stands in a report: three digits, counts in full.

    Examples
    --------
    >>> shown(0.150390), shown(24576), shown(29.31), shown(1e-9)
    ('0.150', '24,576', '29.3', '1e-09')
    """
    if isinstance(number, int):
        return f"{number:,}"
    if not math.isfinite(number) or abs(number) >= 1000:
        return f"{number:,.0f}"
    digits = 2 - math.floor(math.log10(abs(number))) if number else 0
    return f"{number:.{max(0, digits)}f}" if digits <= 6 else f"{number:.0e}"


def counted(count: int, one: str, more: str) -> str:
    """A count and what is counted.

    Examples
    --------
    >>> counted(1, "column", "columns"), counted(2000, "column", "columns")
    ('1 column', '2,000 columns')
    """
    return f"{count:,} {one if count == 1 else more}"


class Report:
    """Base of what is shown in three forms; `rows`, `remarks`, `numbers` and `figures` are its parts."""

    def __repr__(self):
        width = max(len(name) for name, _ in self.rows)
        lines = [self.title, "", *(f"{name:{width}}  {words}" for name, words in self.rows), ""]
        return "\n".join(lines + [f"- {remark}" for remark in self.remarks])

    def _repr_html_(self):
        rows = "".join(
            f'<tr><th scope="row" style="text-align:left">{html.escape(name)}</th>'
            f'<td style="text-align:left">{html.escape(words)}</td></tr>'
            for name, words in self.rows
        )
        remarks = "".join(f"<li>{html.escape(remark)}</li>" for remark in self.remarks)
        pictures = "".join(
            f'<figure style="display:inline-block;margin:0.5em"><div role="img" aria-label="{html.escape(words)}">{svg}</div>'
            f"<figcaption>{html.escape(words)}</figcaption></figure>"
            for words, svg in self._pictures()
        )
        return f"<div><p><b>{html.escape(self.title)}</b></p><table>{rows}</table><ul>{remarks}</ul>{pictures}</div>"

    def _pictures(self):
        import matplotlib as mpl
        from matplotlib.figure import Figure

        style = {"svg.fonttype": "none", "svg.hashsalt": "the price of superposition", "font.size": 9}
        with mpl.rc_context(style):
            for words, draw in self.figures():
                figure, file = Figure(figsize=(3.6, 2.6), layout="constrained"), io.StringIO()
                draw(figure.subplots())
                figure.savefig(file, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
                text = file.getvalue()
                yield words, text[text.index("<svg") :]

    def to_json(self) -> str:
        """Every number of the report as JSON.

        Returns
        -------
        str
            One object; what is not finite is null.
        """
        return json.dumps(_plain(self.numbers), ensure_ascii=False, allow_nan=False)


def _plain(value):
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
