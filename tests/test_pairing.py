import pytest

from newsarchive.exceptions import ParseError
from newsarchive.pairing import (
    LARGEST_GROUP,
    Decoded,
    ImportedFile,
    PostFile,
    Stray,
    TextFile,
    decode_file,
    group_paths,
    sort_group,
)
from newsarchive.posts import Post

POST = "---\ntitle: Brug open\n---\n\n<p>De brug is open.</p>\n"
BROKEN = "---\nlayout: post\n---\n"
TEXT = "De brug is open."
READ = Post(title="Brug open", html="<p>De brug is open.</p>")


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        pytest.param("ëé €".encode(), Decoded("ëé €", "utf-8"), id="UTF-8"),
        pytest.param("\ufeffëé".encode(), Decoded("ëé", "utf-8"), id="UTF-8 with its mark"),
        pytest.param("ëé €“".encode("cp1252"), Decoded("ëé €“", "cp1252"), id="Windows"),
        pytest.param(
            "“Één” MAÏS".encode() + b" \x96 \xeb",
            Decoded("“Één” MAÏS – ë", "cp1252"),
            id="UTF-8 but for two bytes",
        ),
        pytest.param(
            "café…” é".encode("cp1252"),
            Decoded("café…” é", "cp1252"),
            id="Windows, though three bytes could be one letter",
        ),
        pytest.param(b"", Decoded("", "utf-8"), id="nothing"),
        pytest.param(b"a\r\nb", Decoded("a\r\nb", "utf-8"), id="line ends are kept"),
    ],
)
def test_a_file_is_decoded(payload, expected):
    assert decode_file(payload) == expected


@pytest.mark.parametrize(
    ("payload", "complaint"),
    [
        pytest.param(b"\x89PNG\r\n\x1a\n\0\0", "NUL", id="a picture"),
        pytest.param("brug".encode("utf-16"), "NUL", id="UTF-16"),
        pytest.param(b"\xff\x81", "neither", id="neither encoding"),
    ],
)
def test_what_is_no_text_is_an_error(payload, complaint):
    with pytest.raises(ParseError, match=complaint):
        decode_file(payload)


def test_paths_of_one_stem_are_a_group_whatever_their_folders():
    paths = ["html/b.html", "a.txt", "text/b.txt", "html/a.html", "c.txt"]
    assert list(group_paths(iter(paths))) == [
        ("a.txt", "html/a.html"),
        ("html/b.html", "text/b.txt"),
        ("c.txt",),
    ]


def test_a_path_given_twice_is_one_file():
    assert list(group_paths(["a.txt", "a.txt"])) == [("a.txt",)]


def test_a_stem_of_very_many_files_is_one_groups_name_in_each_folder():
    folders = [f"{n:02}" for n in range(LARGEST_GROUP)]
    paths = [f"{folder}/index.{ending}" for folder in folders for ending in ("html", "txt")]
    assert list(group_paths(paths)) == [
        (f"{folder}/index.html", f"{folder}/index.txt") for folder in folders
    ]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param(
            {"a.txt": TEXT, "a.html": POST},
            [PostFile("a.html", READ), TextFile("a.txt", TEXT, post_path="a.html")],
            id="a post and its text",
        ),
        pytest.param(
            {"a.html": TEXT, "a.txt": POST},
            [PostFile("a.txt", READ), TextFile("a.html", TEXT, post_path="a.txt")],
            id="front matter tells, not the ending",
        ),
        pytest.param(
            {"html/a.html": POST, "text/a.txt": TEXT},
            [PostFile("html/a.html", READ), TextFile("text/a.txt", TEXT, post_path="html/a.html")],
            id="in folders of their own",
        ),
        pytest.param(
            {"x/a.html": POST, "y/a.html": POST, "y/a.txt": TEXT},
            [
                PostFile("x/a.html", READ),
                PostFile("y/a.html", READ),
                TextFile("y/a.txt", TEXT, post_path="y/a.html"),
            ],
            id="the post of its own folder comes first",
        ),
        pytest.param(
            {"2280100-a.txt": TEXT},
            [TextFile("2280100-a.txt", TEXT, external_id="2280100")],
            id="no post, but an id in its name",
        ),
        pytest.param(
            {"2280100-a.html": BROKEN, "2280100-a.txt": TEXT},
            [
                Stray("2280100-a.html", BROKEN, "front matter without a title"),
                TextFile("2280100-a.txt", TEXT, external_id="2280100"),
            ],
            id="a post that cannot be read",
        ),
    ],
)
def test_a_group_is_sorted(files, expected):
    assert sort_group([ImportedFile(path, text) for path, text in files.items()]) == expected


@pytest.mark.parametrize(
    ("files", "stray", "reason"),
    [
        pytest.param({"a.txt": TEXT}, "a.txt", "without a post", id="a text alone"),
        pytest.param(
            {"x/a.html": POST, "y/a.html": POST, "z/a.txt": TEXT},
            "z/a.txt",
            "without a post",
            id="a text elsewhere, with two posts to choose from",
        ),
        pytest.param({"a.html.part": POST}, "a.html.part", "cut short", id="a half export"),
    ],
)
def test_what_belongs_nowhere_is_a_stray_with_its_reason(files, stray, reason):
    found = sort_group([ImportedFile(path, text) for path, text in files.items()])
    assert [file.path for file in found if isinstance(file, Stray)] == [stray]
    assert reason in found[-1].reason


@pytest.mark.samples
def test_the_real_pair_is_a_post_and_a_text(samples):
    paths = sorted((samples.parent / "seeds").glob("*.txt"))
    post, text = [ImportedFile(p.name, decode_file(p.read_bytes()).text) for p in paths]
    assert isinstance(sort_group([post])[0], PostFile)
    assert isinstance(sort_group([text])[0], Stray)
    renamed = [ImportedFile("a.html", post.text), ImportedFile("a.txt", text.text)]
    assert sort_group(renamed)[1] == TextFile("a.txt", text.text, post_path="a.html")
