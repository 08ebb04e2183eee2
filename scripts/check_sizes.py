"""Part of make lint: sizes of functions and files, and exceptions to the rules, which may become fewer but not more.

python -m scripts.check_sizes [--write]      --write keeps today's numbers of exceptions as the new most
"""

from __future__ import annotations

import ast
import json
import re
import statistics
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RATCHET = ROOT / "scripts" / "ratchet.json"
CODE = ("picsweb", "learners", "onefile_integration", "onefile_sandbox", "scripts")
LONGEST_FUNCTION, LONGEST_FILE = 60, 500
MEDIAN_FUNCTION, NINE_IN_TEN = 10, 30
EXCEPTIONS = {
    "noqa": re.compile(r"#\s*noqa\b"),
    "type: ignore": re.compile(r"#\s*type:\s*ignore\b"),
    "pragma: no cover": re.compile(r"#\s*pragma:\s*no cover\b"),
    "skips": re.compile(r"\bpytest\.(skip|importorskip|mark\.(skip|skipif|xfail))\b"),
}


@dataclass(frozen=True)
class Function:
    name: str
    where: str
    lines: int


def main() -> int:
    code, tests = list(files(CODE)), list(files(["tests"]))
    faults = [*too_long_files(code + tests)]
    for label, group in (("code", code), ("tests", tests)):
        faults += too_long_functions(label, [function for path in group for function in functions(path)])
    faults += too_many_exceptions(count_exceptions(code + tests), write="--write" in sys.argv)
    for fault in faults:
        sys.stdout.write(f"{fault}\n")
    return 1 if faults else 0


def files(folders: Iterable[str]) -> Iterator[Path]:
    for folder in folders:
        yield from (path for path in sorted((ROOT / folder).rglob("*.py")) if "migrations" not in path.parts)


def functions(path: Path) -> Iterator[Function]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            where = f"{path.relative_to(ROOT)}:{node.lineno}"
            yield Function(node.name, where, (node.end_lineno or node.lineno) - node.lineno + 1)


def too_long_files(paths: Iterable[Path]) -> Iterator[str]:
    for path in paths:
        lines = len(path.read_text().splitlines())
        if lines > LONGEST_FILE:
            yield f"{path.relative_to(ROOT)}: {lines} lines, {LONGEST_FILE} at most"


def too_long_functions(label: str, found: list[Function]) -> Iterator[str]:
    """Prints the figures of a group, and yields what is wrong with them."""
    lengths = sorted(function.lines for function in found) or [0]
    median, ninth = statistics.median(lengths), lengths[int(len(lengths) * 0.9)]
    sys.stdout.write(f"{label}: {len(found)} functions, median {median:g} lines, 9 in 10 up to {ninth}\n")
    if median > MEDIAN_FUNCTION or ninth > NINE_IN_TEN:
        yield f"{label}: the median may be {MEDIAN_FUNCTION} lines and 9 in 10 may have {NINE_IN_TEN}"
    for function in found:
        if function.lines > LONGEST_FUNCTION:
            yield f"{function.where} {function.name}: {function.lines} lines, {LONGEST_FUNCTION} at most"


def count_exceptions(paths: Iterable[Path]) -> dict[str, int]:
    text = "\n".join(path.read_text() for path in paths if path != Path(__file__).resolve())
    return {name: len(pattern.findall(text)) for name, pattern in EXCEPTIONS.items()}


def too_many_exceptions(counts: dict[str, int], *, write: bool) -> Iterator[str]:
    if write:
        RATCHET.write_text(json.dumps(counts, indent=2) + "\n")
    most: dict[str, int] = json.loads(RATCHET.read_text())
    for name, count in counts.items():
        sys.stdout.write(f"{name}: {count} (at most {most[name]})\n")
        if count > most[name]:
            yield f"{name}: {count - most[name]} more than before; do without, or raise {RATCHET.name} and say why"
        if count < most[name]:
            yield f"{name}: fewer than before, well done; keep it: python -m scripts.check_sizes --write"


if __name__ == "__main__":
    sys.exit(main())
