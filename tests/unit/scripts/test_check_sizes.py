from scripts import check_sizes
from scripts.check_sizes import Function


def test_a_long_function_is_named():
    found = [Function("short", "a.py:1", 3)] * 20 + [Function("long", "a.py:9", 61)]
    assert list(check_sizes.too_long_functions("code", found)) == ["a.py:9 long: 61 lines, 60 at most"]


def test_long_functions_on_the_whole_are_a_fault():
    found = [Function("middling", "a.py:1", 31)] * 3
    assert len(list(check_sizes.too_long_functions("code", found))) == 1


def test_lines_are_counted_with_the_signature(tmp_path, monkeypatch):
    monkeypatch.setattr(check_sizes, "ROOT", tmp_path)
    (tmp_path / "a.py").write_text("@cache\ndef f(\n    x,\n):\n    return x\n")
    assert list(check_sizes.functions(tmp_path / "a.py")) == [Function("f", "a.py:2", 4)]


def test_exceptions_are_counted(tmp_path):
    marks = ["# " + "noqa: S101", "# " + "type: ignore[arg-type]", "pytest" + ".skip('needs a printer')"]
    (tmp_path / "a.py").write_text("\n".join(marks))
    counts = check_sizes.count_exceptions([tmp_path / "a.py"])
    assert counts == {"noqa": 1, "type: ignore": 1, "pragma: no cover": 0, "skips": 1}


def test_numbers_of_exceptions_may_only_fall(tmp_path, monkeypatch):
    monkeypatch.setattr(check_sizes, "RATCHET", tmp_path / "ratchet.json")
    assert list(check_sizes.too_many_exceptions({"noqa": 2}, write=True)) == []
    assert "1 more than before" in next(check_sizes.too_many_exceptions({"noqa": 3}, write=False))
    assert "well done" in next(check_sizes.too_many_exceptions({"noqa": 1}, write=False))
