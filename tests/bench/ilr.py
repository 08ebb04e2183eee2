"""An ILR file of 10,000 learners, imported twice into an empty PostgreSQL: learners a second, memory."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from tests.servers import ENVIRONMENT, ROOT

LEARNERS = 10_000
MOST_MEGABYTES = 300
FORENAMES = ["Amara", "Bryn", "Chidi", "Dilys", "Ewan", "Farida", "Gethin", "Hana", "Idris", "Jagoda", "Siân", "Zoë"]
SURNAMES = ["Okafor", "Tallis", "Brandt", "Sméth", "O'Dowd", "Achterberg", "Nuñez", "Llewelyn", "Quill", "Varga"]
STREETS = ["High St", "Mill Lane", "Station Road", "Canal Walk"]
COMPONENTS = ["60311046", "60093729", "50093186", "60145353", "6008621X"]
DAY = timedelta(days=1)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, _servers() as environment:
        path = Path(folder) / "ILR-10000001-2526-20260901-120000-01.xml"
        with path.open("w", encoding="utf-8") as stream:
            for part in _file(random.Random(20261123)):
                stream.write(part)
        _run(environment, "migrate", "--verbosity", "0")
        _say("10,000 learners", "created", "unchanged", "seconds", "a second", "CPU seconds", "peak MB")
        for label in ("first", "again"):
            _measure(label, path, environment)


def _measure(label: str, path: Path, environment: dict[str, str]) -> None:
    began = time.monotonic()
    process = _start(environment, "import_ilr", str(path), "--json")
    assert process.stdout
    told = json.loads(process.stdout.read())
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds, peak = time.monotonic() - began, used.ru_maxrss / 1024
    cpu = used.ru_utime + used.ru_stime
    cells = [told["created"], told["unchanged"], f"{seconds:.1f}", f"{LEARNERS / seconds:.0f}", f"{cpu:.1f}"]
    _say(label, *cells, f"{peak:.0f}")
    assert not told["errors"], told["errors"][:3]
    assert peak <= MOST_MEGABYTES, f"{peak:.0f} MB"


class _servers:
    """PostgreSQL and Valkey of the tests, kept until the end."""

    def __enter__(self) -> dict[str, str]:
        self.keeper = subprocess.Popen(
            [sys.executable, "-m", "tests.servers"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.keeper.stdout
        return {**os.environ, **ENVIRONMENT, **json.loads(self.keeper.stdout.readline())}

    def __exit__(self, *raised: object) -> None:
        self.keeper.communicate()


def _start(environment: dict[str, str], *args: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "manage.py", *args],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def _run(environment: dict[str, str], *args: str) -> None:
    subprocess.run([sys.executable, "manage.py", *args], cwd=ROOT, env=environment, check=True)


# The file


def _file(rng: random.Random) -> Iterator[str]:
    yield '<Message xmlns="ESFA/ILR/2025-26">\n<LearningProvider><UKPRN>10000001</UKPRN></LearningProvider>\n'
    for number, uln in zip(range(LEARNERS), _ulns(), strict=False):
        yield _learner(rng, number, uln)
    yield "</Message>\n"


def _ulns() -> Iterator[int]:
    """Real ones, one after the other."""
    for first_nine in range(100_000_000, 1_000_000_000):
        digits = map(int, str(first_nine))
        remainder = sum(digit * weight for digit, weight in zip(digits, range(10, 1, -1), strict=True)) % 11
        if remainder:
            yield first_nine * 10 + 10 - remainder


def _learner(rng: random.Random, number: int, uln: int) -> str:
    """An apprentice with two or three components and one employer, or two."""
    start = date(2025, 8, 1) + rng.randrange(300) * DAY
    values = {
        "LearnRefNumber": f"B{number:06d}",
        "ULN": uln,
        "FamilyName": f"{rng.choice(SURNAMES)}-{rng.choice(SURNAMES)}",
        "GivenNames": rng.choice(FORENAMES),
        "DateOfBirth": date(1985, 1, 1) + rng.randrange(8000) * DAY,
        "Ethnicity": 31 + number % 17,
        "Sex": "MF"[number % 2],
        "LLDDHealthProb": 1 if number % 8 == 0 else 2,
        "NINumber": f"AB{rng.randrange(1_000_000):06d}C",
        "Postcode": f"M{1 + number % 9} {number % 9}AA",
        "AddLine1": f"{1 + number % 90} {rng.choice(STREETS)}",
        "TelNo": f"0161496{number % 10_000:04d}",
        "Email": f"learner{number}@example.org",
    }
    parts = [_group(values), "<LLDDandHealthProblem><LLDDCat>12</LLDDCat></LLDDandHealthProblem>" * (number % 8 == 0)]
    parts += [_status(start - 90 * DAY, 100_000_000 + rng.randrange(800))]
    parts += [_status(start + 60 * DAY, 200_000_000 + rng.randrange(200))] * (number % 5 == 0)
    parts += [_aim("ZPROG001", 1, start, number)]
    parts += [_aim(ref, 3, start, number) for ref in rng.sample(COMPONENTS, 2 + number % 2)]
    return f"<Learner>\n{''.join(parts)}</Learner>\n"


def _group(values: dict[str, object]) -> str:
    return "".join(f"<{name}>{value}</{name}>\n" for name, value in values.items())


def _status(on: date, employer: int) -> str:
    values = _group({"EmpStat": 10, "DateEmpStatApp": on, "EmpId": employer})
    return f"<LearnerEmploymentStatus>\n{values}</LearnerEmploymentStatus>\n"


def _aim(ref: str, aim_type: int, start: date, number: int) -> str:
    values: dict[str, object] = {
        "LearnAimRef": ref,
        "AimType": aim_type,
        "AimSeqNumber": 1,
        "LearnStartDate": start,
        "LearnPlanEndDate": start + 600 * DAY,
        "FundModel": 36,
        "ProgType": 25,
        "StdCode": 100 + number % 60,
        "DelLocPostCode": "M1 1AA",
        "CompStatus": 1,
    }
    funding = _group({"LearnDelFAMType": "SOF", "LearnDelFAMCode": 105})
    return (
        f"<LearningDelivery>\n{_group(values)}<LearningDeliveryFAM>{funding}</LearningDeliveryFAM></LearningDelivery>\n"
    )


def _say(*cells: object) -> None:
    sys.stdout.write("".join(f"{cell!s:<16}" for cell in cells) + "\n")
    sys.stdout.flush()
