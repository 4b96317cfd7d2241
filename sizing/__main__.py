"""`python -m sizing`: writes the tables and the drawing anew."""

from __future__ import annotations

from sizing.pages import DOCS, DRAWING, TABLES, drawing, written


def main() -> None:
    for name in TABLES:
        page = DOCS / name
        page.write_text(written(page), encoding="utf-8")
    DRAWING.write_text(drawing(), encoding="utf-8")


if __name__ == "__main__":
    main()
