"""`python -m sizing`: writes the tables and the drawings anew."""

from __future__ import annotations

from sizing.pages import DOCS, DRAWINGS, TABLES, written


def main() -> None:
    for name in TABLES:
        page = DOCS / name
        page.write_text(written(page), encoding="utf-8")
    for name, drawing in DRAWINGS.items():
        (DOCS / name).write_text(drawing(), encoding="utf-8")


if __name__ == "__main__":
    main()
