"""The commands that need no Django: the table itself, down and reset."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from jardam.cli import main
from jardam.launcher import secrets


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with keys in it, and no database."""
    monkeypatch.setenv("JARDAM_DATA", str(tmp_path / "var"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    secrets.ensure(tmp_path / "var", {})
    return tmp_path / "var"


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main.main(["--help"])

    said = capsys.readouterr().out
    assert end.value.code == 0 and all(name in said for name in main.COMMANDS)


@pytest.mark.parametrize("words", [[], ["nonsense"], ["--nonsense", "up"]])
def test_a_wrong_command_line_ends_with_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main.main(words)

    assert end.value.code == 2 and "usage: jardam" in capsys.readouterr().err


def test_a_fault_is_one_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("JARDAM_PORT", "many")

    assert main.main(["down"]) == 1

    assert capsys.readouterr().err == "jardam: JARDAM_PORT is many: give a port number, such as 8000.\n"


def test_down_where_nothing_runs(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["down"]) == 0

    assert capsys.readouterr().out == "Nothing was running.\n"


@pytest.mark.parametrize("typed", ["", "yes\n", "y\n"])
def test_reset_erases_nothing_without_the_word(
    data: Path, typed: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))

    assert main.main(["reset"]) == 1

    assert (data / "sealing-key").exists() and str(data) in capsys.readouterr().out


def test_reset_with_the_word_erases_ours_and_names_the_rest(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (data / "notes.txt").write_text("mine")
    monkeypatch.setattr(sys, "stdin", io.StringIO("erase\n"))

    assert main.main(["reset"]) == 0

    assert [path.name for path in data.iterdir()] == ["notes.txt"]
    assert "Left in place, because not ours: notes.txt." in capsys.readouterr().out


def test_reset_does_not_touch_a_database_of_yours(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql:///mine")

    assert main.main(["reset", "--yes"]) == 1

    assert (data / "sealing-key").exists()


def test_up_without_secrets_outside_of_demonstrations(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("JARDAM_SECRET_KEY", "JARDAM_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("JARDAM_DEMO", "0")
    monkeypatch.setenv("JARDAM_PORT", "8999")

    assert main.main(["up"]) == 1

    assert "JARDAM_SECRET_KEY and JARDAM_KEY_FILE must be set" in capsys.readouterr().err
