"""`python -m source_pages`: writes the pages anew."""

from __future__ import annotations

from source_pages.pages import DOCS, pages


def main() -> None:
    DOCS.mkdir(exist_ok=True)
    for path, text in pages():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
