from datetime import UTC, datetime, timedelta

import pytest

from newsarchive.config import VARIABLES, Config
from newsarchive.exceptions import ConfigError
from newsarchive.storage import Archive, sqlite_path


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "newsarchive.toml"
    path.write_text('data_dir = "from-file"\ncontact = "file@newsarchive.example"\n')
    return path


def test_an_option_wins_over_environment_over_file_over_default(file, tmp_path):
    environ = {"NEWSARCHIVE_DATA_DIR": "from-environment"}
    option = {"NEWSARCHIVE_DATA_DIR": "from-option"}
    nowhere = tmp_path / "none.toml"
    assert str(Config.load(option, environ, file).data_dir) == "from-option"
    assert str(Config.load({}, environ, file).data_dir) == "from-environment"
    assert str(Config.load({}, {}, file).data_dir) == "from-file"
    assert str(Config.load({}, {}, nowhere).data_dir) == "archive"
    assert Config.load({}, {}, nowhere).database_url == "sqlite:///archive/newsarchive.db"


def test_the_database_stands_in_the_data_folder(tmp_path):
    config = Config.load({}, {"NEWSARCHIVE_DATA_DIR": "elders"}, tmp_path / "none.toml")
    assert config.database_url == "sqlite:///elders/newsarchive.db"


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        pytest.param("NEWSARCHIVE_DATABASE_URL", "mysql://x", "neither", id="another database"),
        pytest.param("NEWSARCHIVE_FEEDS_URL", "feeds.nos.nl", "http", id="a base without scheme"),
        pytest.param("NEWSARCHIVE_SITE_URL", "http://[", "http", id="a base that is no URL"),
        pytest.param("NEWSARCHIVE_SITE_URL", "http://x:veel", "http", id="a port that is none"),
        pytest.param("NEWSARCHIVE_SITE_URL", "http://x:99999", "http", id="a port out of range"),
        pytest.param("NEWSARCHIVE_DATABASE_URL", "postgresql://h:x/d", "port", id="its port"),
        pytest.param("NEWSARCHIVE_DATABASE_URL", "postgresql://[::1", "host", id="its host"),
        pytest.param("NEWSARCHIVE_DATABASE_URL", "sqlite://x.db", "neither", id="a slash too few"),
        pytest.param("NEWSARCHIVE_DAILY_BUDGET", "9" * 20, "whole number", id="a huge budget"),
        pytest.param("NEWSARCHIVE_DATA_DIR", "~nobody-here/x", "home", id="nobody's home"),
        pytest.param("NEWSARCHIVE_CLOCK", "gisteren", "ISO 8601", id="a clock that is no time"),
        pytest.param("NEWSARCHIVE_CLOCK", "2026-10-01T12:00", "time zone", id="a naive clock"),
    ],
)
def test_an_unusable_value_names_its_variable(tmp_path, variable, value, message):
    with pytest.raises(ConfigError, match=message) as raised:
        Config.load({}, {variable: value}, tmp_path / "none.toml")
    assert variable in str(raised.value)


def test_an_unknown_key_names_its_file_and_the_known_ones(file):
    file.write_text("data_folder = 'x'\n")
    with pytest.raises(
        ConfigError, match=r"newsarchive\.toml: unknown key 'data_folder'.*data_dir"
    ):
        Config.load({}, {}, file)


def test_a_broken_file_names_itself(file):
    file.write_text("data_dir = ")
    with pytest.raises(ConfigError, match=r"newsarchive\.toml"):
        Config.load({}, {}, file)


def test_a_clock_that_is_set_starts_there_and_runs_on(tmp_path):
    environ = {"NEWSARCHIVE_CLOCK": "2026-10-01T12:00:00+02:00"}
    clock = Config.load({}, environ, tmp_path / "none.toml").clock
    first = clock()
    assert timedelta(0) <= first - datetime(2026, 10, 1, 10, tzinfo=UTC) < timedelta(seconds=5)
    assert clock() >= first


@pytest.mark.parametrize(
    "place",
    ["u:p/w@h:5432/d", "u:%40@[::1]:5432/d?sslmode=require", "h/d", "/d?host=/run/pg", "u@h"],
)
def test_a_url_of_postgresql_is_taken_as_it_is(tmp_path, place):
    environ = {"NEWSARCHIVE_DATABASE_URL": f"postgres://{place}"}
    config = Config.load({}, environ, tmp_path / "none.toml")
    assert config.database_url == f"postgresql+psycopg://{place}"


@pytest.mark.parametrize("url", ["mysql://u:geheim@h/d", "postgresql://u:geheim@h:x/d"])
def test_no_message_shows_a_password(tmp_path, url):
    with pytest.raises(ConfigError) as raised:
        Config.load({}, {"NEWSARCHIVE_DATABASE_URL": url}, tmp_path / "none.toml")
    assert "geheim" not in str(raised.value)


def test_a_home_folder_may_be_written_as_in_a_shell(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    config = Config.load({}, {"NEWSARCHIVE_DATA_DIR": "~/nieuws"}, tmp_path / "none.toml")
    assert config.data_dir == tmp_path / "nieuws"


@pytest.mark.parametrize("name", ["archief #1", "100% nieuws", "a%20b", "wat?", "Zoë & co"])
def test_a_folder_may_have_any_name(tmp_path, name):
    folder = tmp_path / name
    url = Config.load({}, {"NEWSARCHIVE_DATA_DIR": str(folder)}, tmp_path / "x").database_url
    Archive.create(url)
    Archive.read(url).close()
    assert sqlite_path(url) == folder / "newsarchive.db"
    assert list(tmp_path.iterdir()) == [folder]


def test_psycopg_is_the_driver_whatever_the_url_says(tmp_path):
    environ = {"NEWSARCHIVE_DATABASE_URL": "postgresql://u@h/d"}
    config = Config.load({}, environ, tmp_path / "none.toml")
    assert config.database_url == "postgresql+psycopg://u@h/d"


def test_every_variable_says_what_it_means():
    assert all(VARIABLES.values())


def test_tables_of_sources_are_kept_as_they_are_with_their_file(file):
    file.write_text('data_dir = "x"\n[sources.weekblad]\nhomepage = "https://weekblad.example"\n')
    config = Config.load({}, {}, file)
    assert config.source_tables == {"weekblad": {"homepage": "https://weekblad.example"}}
    assert config.file == file
    assert str(config.data_dir) == "x"
