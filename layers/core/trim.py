"""Makes the built layer small: catalogues compiled, only the locales that people read, no type hints, tests or sources."""

import shutil
import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def main(layer: Path) -> None:
    """Trim the packages in `layer` (the folder that will be on the functions' path)."""
    languages = {"en"} | {_compile(source) for source in layer.glob("accolade/texts/locales/*/LC_MESSAGES/*.po")}
    for locale in layer.glob("babel/locale-data/*.dat"):
        if locale.stem != "root" and locale.stem.partition("_")[0] not in languages:
            locale.unlink()
    for pattern in ("**/__pycache__", "**/tests"):
        for folder in [*layer.glob(pattern)]:
            shutil.rmtree(folder, ignore_errors=True)
    for pattern in ("**/*.pyi", "**/py.typed", "**/*.pyx", "**/*.c", "**/*.h"):
        for file in layer.glob(pattern):
            file.unlink()


def _compile(source: Path) -> str:
    """A catalogue beside its source; returns its language."""
    language = source.parent.parent.name
    with source.open("rb") as text, source.with_suffix(".mo").open("wb") as compiled:
        write_mo(compiled, read_po(text, locale=language))
    source.unlink()
    return language.partition("_")[0]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
