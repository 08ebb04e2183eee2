"""python -m tests.bench [NAME ...]: measures, slowly, what a test cannot. Each module here with a `main` is one."""

import importlib
import pkgutil
import sys
from pathlib import Path


def main(wanted: list[str]) -> None:
    names = [module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]) if module.name[0] != "_"]
    unknown = set(wanted) - set(names)
    if unknown:
        sys.exit(f"No such bench: {', '.join(sorted(unknown))}. There are: {', '.join(names)}.")
    for name in wanted or names:
        module = importlib.import_module(f"tests.bench.{name}")
        if hasattr(module, "main"):
            print(f"\n# {name}: {(module.__doc__ or '').strip().splitlines()[0]}\n", flush=True)  # noqa: T201
            module.main()


if __name__ == "__main__":
    main(sys.argv[1:])
