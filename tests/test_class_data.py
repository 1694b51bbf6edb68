"""Java's archive of the server's classes: left by a server that stops, used by the next one, and never in the way."""

import sys
from pathlib import Path

import pytest

from graph_service.graph.embedded import Memory, embedded_server
from graph_service.graph.embedded.class_data import ClassData
from graph_service.graph.embedded.files import ServerFiles

pytestmark = pytest.mark.usefixtures("quick_java")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path))  # where macOS keeps caches
    monkeypatch.setenv("M2_REPO", str(Path.home() / ".m2" / "repository"))
    return tmp_path / "cache"


def test_a_server_that_stops_leaves_its_classes_for_the_next_one(tmp_path: Path, cache: Path) -> None:
    arguments = []
    for home in (tmp_path / "first", tmp_path / "second"):
        with embedded_server(home, lambda _: None, memory=Memory(512, 64)):
            arguments.append((ServerFiles.of(home).configuration / "java.args").read_text("utf-8"))
        assert not ServerFiles.of(home).classes.exists()

    assert "ArchiveClassesAtExit" in arguments[0]
    assert "server.jsa" in arguments[1]
    assert "ArchiveClassesAtExit" not in arguments[1]


def test_without_a_cache_a_server_starts_as_it_would(tmp_path: Path, cache: Path) -> None:
    cache.write_text("in the way of the folder")
    archives = ClassData.of(Path(sys.executable), [])

    assert archives.arguments(tmp_path / "fresh.jsa") == []


def test_another_java_or_other_jars_have_archives_of_their_own(tmp_path: Path) -> None:
    jar = tmp_path / "server.jar"
    jar.write_bytes(b"one")
    before = ClassData.of(Path(sys.executable), [jar])
    jar.write_bytes(b"another")

    assert ClassData.of(Path(sys.executable), [jar]).folder != before.folder
    assert ClassData.of(Path(sys.executable), []).folder != before.folder


def test_what_a_server_left_is_kept_whole_or_not_at_all(tmp_path: Path, cache: Path) -> None:
    archives = ClassData.of(Path(sys.executable), [])
    fresh = tmp_path / "fresh.jsa"
    archives.keep(fresh)  # it left nothing
    fresh.write_bytes(b"classes")
    archives.keep(fresh)  # there is no folder for it

    assert not fresh.exists()
    assert not archives.archive.exists()

    archives.folder.mkdir(parents=True)
    fresh.write_bytes(b"classes")
    archives.keep(fresh)

    assert archives.archive.read_bytes() == b"classes"
    assert not fresh.exists()
