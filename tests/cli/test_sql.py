import collections
import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import make_url

from newsarchive.exceptions import UsageError
from newsarchive.storage import Archive

PATHS = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
TITLES = "SELECT external_id, title FROM current_articles ORDER BY external_id"


def answers(ran):
    assert ran.code == 0, ran.err
    return [tuple(json.loads(line).values()) for line in ran.out.splitlines()]


def test_an_answer_is_a_table_for_people(ask):
    shown = [line.split(maxsplit=1) for line in ask("sql", TITLES).out.splitlines()]

    assert shown[0] == ["external_id", "title"]
    assert shown[2:] == [
        ["2280100", "Muziek ␛[31mterug␇"],
        ["2633001", "Brug weer open"],
        ["2633002", "Storm trekt voorbij"],
    ]


def test_a_long_answer_has_one_header(ask):
    count = "WITH RECURSIVE n(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM n WHERE a < 1200)"
    lines = ask("sql", f"{count} SELECT a FROM n").out.splitlines()

    assert [line.strip() for line in lines[:1] + lines[2:]] == ["a", *map(str, range(1, 1201))]


def test_in_a_pipe_nothing_is_cut(ask):
    assert f"{'woord ' * 400}einde" in ask("sql", f"SELECT '{'woord ' * 400}einde'").out


def test_on_a_terminal_an_answer_is_folded_to_its_width(look):
    lines = look(
        "sql", f"SELECT '{'woord ' * 40}einde' AS tekst, 1 AS een", columns=40
    ).splitlines()
    lines = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in lines]

    assert max(map(len, lines)) <= 40
    assert " ".join(lines[2:]).split().count("woord") == 40


def test_an_answer_is_csv_with_a_header_for_programs(ask):
    rows = list(csv.reader(io.StringIO(ask("sql", "--csv", TITLES).out)))

    assert rows == [
        ["external_id", "title"],
        ["2280100", "Muziek \x1b[31mterug\x07"],
        ["2633001", "Brug weer open"],
        ["2633002", "Storm trekt voorbij"],
    ]


def test_an_answer_without_rows_has_its_columns_in_csv(ask):
    ran = ask("sql", "--csv", "SELECT id, title FROM revisions WHERE number > 99")

    assert (ran.code, ran.out) == (0, "id,title\n")


def test_columns_of_one_name_are_told_apart_in_json(ask):
    ran = ask("sql", "--json", 'SELECT 1 AS a, 2 AS a, 3 AS a_2, 4 AS "b.a"')

    assert json.loads(ran.out) == {"a": 1, "a_2": 2, "a_2_2": 3, "b.a": 4}


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        pytest.param("SELECT count(*) FROM articles", [(3,)], id="a count"),
        pytest.param("SELECT sum(number) FROM revisions", [(8,)], id="a sum"),
        pytest.param(
            "SELECT avg(word_count) FROM revisions WHERE id < 3", [(5.0,)], id="an average"
        ),
        pytest.param(
            "SELECT last_seen_at FROM articles WHERE external_id = '2633002'",
            [("2026-10-01 09:00:00.000000",)],
            id="a time, in UTC",
        ),
        pytest.param(
            "SELECT published_on FROM articles WHERE external_id = '2633001'",
            [("2026-10-01",)],
            id="a day",
        ),
        pytest.param(
            "SELECT is_silent FROM changes ORDER BY observed_at", [(None,), (1,)], id="truth"
        ),
        pytest.param(
            "SELECT metadata FROM revisions WHERE origin = 'import'",
            [('{"keywords": ["orgel"]}',)],
            id="JSON",
        ),
        pytest.param(
            "SELECT title FROM revisions WHERE text LIKE '%: 100\\% weer%' ESCAPE '\\'",
            [("Muziek \x1b[31mterug\x07",)],
            id="a literal % and : and backslash",
        ),
        pytest.param("SELECT '%s %(a)s :a ? $1 %%'", [("%s %(a)s :a ? $1 %%",)], id="placeholders"),
        pytest.param("SELECT 7 % 4", [(3,)], id="a remainder"),
        pytest.param("SELECT 1; -- done", [(1,)], id="a semicolon and a comment"),
        pytest.param(
            "WITH n AS (SELECT 1 AS a UNION ALL SELECT 2) SELECT a FROM n ORDER BY a",
            [(1,), (2,)],
            id="a WITH",
        ),
        pytest.param("VALUES (1)", [(1,)], id="VALUES"),
    ],
)
def test_the_same_question_has_the_same_answer_on_both_databases(ask, question, answer):
    assert answers(ask("sql", "--json", question)) == answer


def test_explain_is_answered(ask):
    assert ask("sql", "EXPLAIN SELECT 1").code == 0


REFUSED = [
    pytest.param("DELETE FROM entries", id="delete"),
    pytest.param("UPDATE articles SET url = 'x'", id="update"),
    pytest.param("INSERT INTO sources VALUES ('a', 'b')", id="insert"),
    pytest.param("DROP TABLE revisions", id="drop"),
    pytest.param("CREATE TABLE a (b int)", id="create"),
    pytest.param("SELECT 1; DELETE FROM entries", id="a second statement"),
    pytest.param("COMMIT; DELETE FROM entries", id="behind a commit"),
    pytest.param("ROLLBACK; DELETE FROM entries; SELECT 1", id="behind a rollback"),
    pytest.param("COMMIT; BEGIN; DELETE FROM entries; COMMIT", id="in a transaction of its own"),
    pytest.param(
        "SET TRANSACTION READ WRITE; DELETE FROM entries", id="behind a change of the transaction"
    ),
    pytest.param(
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE; COMMIT; DELETE FROM entries",
        id="behind a change of the session",
    ),
    pytest.param(
        "DO $$ BEGIN SET TRANSACTION READ WRITE; DELETE FROM entries; END $$", id="in a block"
    ),
    pytest.param(
        "WITH gone AS (DELETE FROM entries RETURNING *) SELECT * FROM gone", id="in a WITH"
    ),
    pytest.param("EXPLAIN ANALYZE DELETE FROM entries", id="in an EXPLAIN that runs it"),
    pytest.param("SELECT set_config('transaction_read_only', 'off', false)", id="by a function"),
    pytest.param("SET TRANSACTION READ WRITE", id="a change of the transaction"),
    pytest.param("COMMIT", id="a commit"),
    pytest.param("COPY entries FROM STDIN", id="copy in"),
    pytest.param("COPY entries TO STDOUT", id="copy out"),
    pytest.param("PRAGMA writable_schema = 1; DELETE FROM entries", id="behind a pragma"),
    pytest.param("PRAGMA user_version = 7", id="a pragma that writes"),
    pytest.param("ATTACH DATABASE 'other.db' AS other", id="another file"),
    pytest.param("VACUUM INTO 'other.db'", id="a copy as a file"),
    pytest.param("PRAGMA journal_mode = DELETE; DELETE FROM entries", id="in another journal"),
    pytest.param("PRAGMA query_only = 0; DELETE FROM entries", id="behind a pragma of reading"),
    pytest.param("SELECT load_extension('other')", id="an extension"),
    pytest.param("SELECT writefile('other.db', 'x')", id="a file, by a function of its shell"),
    pytest.param("CREATE TEMPORARY TABLE a AS SELECT 1", id="a temporary table"),
    pytest.param("SELECT id FROM entries FOR UPDATE", id="a lock on rows"),
    pytest.param("SELECT nextval('entries_id_seq')", id="the next of a sequence"),
    pytest.param("SELECT lo_create(0)", id="a large object"),
    pytest.param("INSERT INTO sources VALUES ('a', 'b') RETURNING name", id="insert and tell"),
    pytest.param("PREPARE a AS DELETE FROM entries", id="a statement for later"),
    pytest.param("LISTEN a", id="listening"),
    pytest.param("LOAD 'plpgsql'", id="a library"),
]


@pytest.mark.parametrize("statement", REFUSED)
def test_nothing_but_questions_gets_through(ask, filled, tmp_path, statement):
    ran = ask("sql", statement)

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("Error: ")
    assert "Traceback" not in ran.err
    assert not (tmp_path / "other.db").exists()
    with Archive.read(filled) as archive:
        assert archive.count_rows() == {
            "articles": 3,
            "entries": 3,
            "revisions": 6,
            "quarantine": 1,
        }


@pytest.fixture
def outside(tmp_path):
    """Return a file that PostgreSQL's server, whoever it runs as, could write."""
    folder = Path(tempfile.mkdtemp(prefix="newsarchive-outside-"))
    folder.chmod(0o777)
    yield folder / "written"
    shutil.rmtree(folder)


SUPERUSERS = [
    pytest.param("COPY (SELECT 1) TO PROGRAM 'cat > {file}'", id="a program"),
    pytest.param("COPY (SELECT 1) TO '{file}'", id="copy to a file"),
    pytest.param("SELECT lo_export(9, '{file}')", id="a large object as a file"),
    pytest.param("EXPLAIN ANALYZE SELECT lo_export(9, '{file}')", id="the same, explained"),
    pytest.param("WITH a AS (SELECT lo_export(9, '{file}')) SELECT * FROM a", id="in a WITH"),
    pytest.param("DO $$ BEGIN PERFORM lo_export(9, '{file}'); END $$", id="in a block"),
    pytest.param("SELECT pg_read_file('/etc/passwd')", id="reading a file"),
    pytest.param("SELECT pg_ls_dir('/')", id="listing a folder"),
    pytest.param("SELECT pg_reload_conf()", id="the server's configuration"),
    pytest.param(
        "SELECT * FROM dblink('user=postgres host={host} dbname=' || current_database(),"
        " 'DELETE FROM entries') AS t(a text)",
        id="another connection",
    ),
]


@pytest.mark.parametrize("statement", SUPERUSERS)
@pytest.mark.parametrize("new_database", ["postgresql"], indirect=True)
def test_a_superuser_s_rights_are_given_up_first(run, superusers_archive, outside, statement):
    host = parse_qs(urlsplit(superusers_archive).query)["host"][0]
    statement = statement.format(file=outside, host=host)
    ran = run("sql", statement, database=superusers_archive)

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("Error: ")
    assert not outside.exists()
    with Archive.read(superusers_archive) as archive:
        assert archive.count_rows()["entries"] == 3


@pytest.fixture
def superusers_archive(filled, write_sql):
    """Give an archive on PostgreSQL with what a superuser could do harm by."""
    write_sql("CREATE EXTENSION dblink")
    write_sql("SELECT lo_from_bytea(9, 'written')")
    return filled


@pytest.mark.parametrize("new_database", ["postgresql"], indirect=True)
def test_a_role_that_may_read_views_is_enough(run, filled, write_sql):
    role = f"reader_{os.getpid()}"
    write_sql(f"CREATE ROLE {role} LOGIN")
    write_sql(f"GRANT SELECT ON alembic_version, changes TO {role}")
    url = make_url(filled).set(username=role).render_as_string(hide_password=False)

    assert answers(run("sql", "--json", "SELECT count(*) FROM changes", database=url)) == [(2,)]
    assert run("sql", "SELECT count(*) FROM revisions", database=url).code == 2
    write_sql(f"DROP OWNED BY {role}")
    write_sql(f"DROP ROLE {role}")


def test_an_attempt_to_write_is_told_what_is_wrong(ask):
    assert "for reading only" in ask("sql", "DELETE FROM entries").err


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        pytest.param("SELEC 1", 'near "SELEC"', id="a slip"),
        pytest.param("SELECT nosuch FROM articles", "nosuch", id="an unknown column"),
        pytest.param("SELECT * FROM nosuch", "nosuch", id="an unknown table"),
        pytest.param("", "ask with SELECT", id="nothing"),
    ],
)
def test_a_statement_that_cannot_be_run_is_exit_2_in_the_database_s_words(ask, statement, told):
    ran = ask("sql", statement)

    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err
    assert "DECLARE" not in ran.err


def test_an_error_among_the_rows_is_told_too(ask):
    ran = ask("sql", "--csv", "SELECT abs(-9223372036854775807 - number) FROM revisions")

    assert ran.code == 2
    assert ran.err.startswith("Error: ")


ENDLESS = "WITH RECURSIVE n(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM n)"


def test_a_question_that_takes_too_long_is_stopped(ask):
    ran = ask("sql", "--timeout", "0.2", f"{ENDLESS} SELECT max(a) FROM n")

    assert (ran.code, ran.out) == (2, "")
    assert "longer than its limit of 0.2 s" in ran.err


def test_rows_without_end_are_stopped_in_time(filled):
    """By time, not by the database: it is asked for the next rows only as they are read."""
    forever = f"{ENDLESS} SELECT a FROM n"
    with (
        pytest.raises(UsageError, match="longer than"),
        Archive.read(filled) as archive,
        archive.query(forever, timeout_s=0.2) as (_, rows),
    ):
        collections.deque(rows, maxlen=0)


def test_what_is_in_time_is_answered(ask):
    assert answers(ask("sql", "--json", "--timeout", "60", "SELECT 1")) == [(1,)]


@pytest.mark.parametrize("form", [(), ("--json",), ("--csv",)], ids=["table", "json", "csv"])
def test_rows_beyond_the_limit_are_left_out_and_that_is_said(ask, form):
    count = f"{ENDLESS} SELECT a FROM n WHERE a <= 5 LIMIT 5"
    cut, whole = ask("sql", *form, "--limit", "3", count), ask("sql", *form, "--limit", "5", count)

    assert "3" in cut.out
    assert "4" not in cut.out
    assert cut.err == "There are more than these 3 rows (--limit).\n"
    assert "5" in whole.out
    assert (cut.code, whole.code, whole.err) == (0, 0, "")


def test_a_character_cut_in_two_is_shown_as_such(run, new_sqlite):
    ran = run("sql", "--csv", "SELECT CAST(x'C3' AS TEXT) AS a", database=new_sqlite())

    assert (ran.code, ran.out) == (0, "a\n\ufffd\n")


def test_programs_get_utf_8_whatever_the_terminal_speaks(filled):
    for form in ("--json", "--csv"):
        ran = subprocess.run(
            [sys.executable, "-m", "newsarchive.cli", "sql", form, "SELECT 'Zoë, 日本' AS a"],
            env={"NEWSARCHIVE_DATABASE_URL": filled, "PYTHONIOENCODING": "latin-1", **PATHS},
            capture_output=True,
            check=True,
        )
        assert "Zoë, 日本" in ran.stdout.decode("utf-8")


def test_an_answer_streams_in_flat_memory(filled):
    """A hundred megabytes pass through; Linux tells the most that the process held."""
    rows = "WITH RECURSIVE n(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM n WHERE a < 100000)"
    text = f"SELECT a, '{'woord ' * 170}' AS b FROM n"
    program = (
        "import re, sys; from newsarchive.storage import Archive\n"
        "with Archive.read(sys.argv[1]) as archive, archive.query(sys.argv[2]) as (_, rows):\n"
        "    held = [len(row[1]) for row in rows]\n"
        "print(sum(held), *re.findall(r'VmHWM:\\s+(\\d+) kB', open('/proc/self/status').read()))"
    )
    told = subprocess.run(
        [sys.executable, "-c", program, filled, f"{rows} {text}"],
        env=PATHS,
        capture_output=True,
        text=True,
        check=True,
    )
    size, kilobytes = map(int, told.stdout.split())
    assert size > 100_000_000
    assert kilobytes < 100_000


def test_json_and_csv_exclude_each_other(ask):
    assert ask("sql", "--json", "--csv", "SELECT 1").code == 2
