import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.cleaning.markup import Renditions, render, sanitize_html
from newsarchive.cleaning.plaintext import render_text
from newsarchive.exceptions import CleaningError

BASE = "https://nos.nl/artikel/2400001-dijk-bij-de-boomgaard"


@pytest.mark.parametrize(
    ("html", "rendition"),
    [
        pytest.param("", "", id="nothing"),
        pytest.param(
            '<p>De dijk houdt. </p>\n<h2>Water</h2>\n<p>Het "peil" zakt, \'s nachts niet.</p>',
            '<p>De dijk houdt. </p>\n<h2>Water</h2>\n<p>Het "peil" zakt, \'s nachts niet.</p>',
            id="a body of 2019 stays byte for byte, spaces and quotes too",
        ),
        pytest.param(
            "\n        <p>Een.</p>\n        <p>Twee.</p>",
            "<p>Een.</p>\n<p>Twee.</p>",
            id="a body of 2026, indented",
        ),
        pytest.param("Een zin & nog een <3", "<p>Een zin &amp; nog een &lt;3</p>", id="bare text"),
        pytest.param("Een zin &amp; nog een", "<p>Een zin &amp; nog een</p>", id="escaped text"),
        pytest.param(
            "Los <b>vet</b> <p>blok</p> staart <em>nadruk</em>",
            "<p>Los <b>vet</b></p>\n<p>blok</p>\n<p>staart <em>nadruk</em></p>",
            id="bare text between blocks",
        ),
        pytest.param("<div>Een</div><div>Twee</div>", "<p>Een</p>\n<p>Twee</p>", id="divs"),
        pytest.param(
            "<section><div><h2>Kop</h2><span>Een</span> zin<p>Blok</p></div></section>",
            "<h2>Kop</h2>\n<p>Een zin</p>\n<p>Blok</p>",
            id="wrappers open up",
        ),
        pytest.param(
            "<p></p><p>&nbsp;</p><strong> </strong><p><br></p><h2><em></em></h2><p>Ja\u200b</p>"
            "<p>\u200b</p><ul><li></li></ul><blockquote><p> </p></blockquote><hr>",
            "<p>Ja\u200b</p>",
            id="blocks without text go",
        ),
        pytest.param("<p>10&nbsp;km</p>", "<p>10\xa0km</p>", id="a no-break space is a character"),
        pytest.param(
            "<p>\n  Een\n  lange\t zin  met  ruimte </p>",
            "<p>Een lange zin  met  ruimte </p>",
            id="line breaks and tabs within a block",
        ),
        pytest.param("<p>Een<br>twee<br/>drie</p>", "<p>Een<br>twee<br>drie</p>", id="br"),
        pytest.param(
            "<p>H<sub>2</sub>O, <i>m</i><sup>2</sup>, <u>o</u>, <s>d</s></p>",
            "<p>H<sub>2</sub>O, <i>m</i><sup>2</sup>, <u>o</u>, <s>d</s></p>",
            id="inline markup",
        ),
        pytest.param(
            "<ul>\n<li>Een</li>\n<li>Twee\n<ol><li>Drie</li></ol></li></ul>",
            "<ul><li>Een</li><li>Twee<ol><li>Drie</li></ol></li></ul>",
            id="lists",
        ),
        pytest.param(
            "<ul>Los<li><p>Een</p><p>Twee</p></li><ul><li>Diep</li></ul></ul>",
            "<ul><li>Los</li><li><p>Een</p><p>Twee</p></li><li><ul><li>Diep</li></ul></li></ul>",
            id="lists that break the rules",
        ),
        pytest.param(
            "<ul><li>Een<p>Twee</p>drie</li></ul>",
            "<ul><li><p>Een</p><p>Twee</p><p>drie</p></li></ul>",
            id="an item of several runs",
        ),
        pytest.param("<li>Los</li>", "<p>Los</p>", id="an item without a list"),
        pytest.param(
            "<blockquote>Nooit<p>Altijd</p><footer>Piet</footer></blockquote>",
            "<blockquote><p>Nooit</p><p>Altijd</p><p>Piet</p></blockquote>",
            id="a quote is blocks",
        ),
        pytest.param(
            "<table><caption>Stand</caption><tr><th colspan='2' class=x>Ploeg<th>P"
            "<tr><td>Een<td><p>Twee</p><td colspan=x>3<tr><td><td></table>",
            '<table><caption>Stand</caption><tbody><tr><th colspan="2">Ploeg</th><th>P</th></tr>'
            "<tr><td>Een</td><td><p>Twee</p></td><td>3</td></tr></tbody></table>",
            id="a table",
        ),
        pytest.param(
            '<figure class="a"><picture><source srcset="/b.webp"><img src="/b.jpg" width="9"'
            ' alt="Een \'dijk\' > a &quot;b&quot;" loading="lazy"></picture>'
            "<figcaption><span>Foto</span> ANP</figcaption></figure>",
            '<figure><img src="https://nos.nl/b.jpg" alt="Een \'dijk\' &gt; a &quot;b&quot;">'
            "<figcaption>Foto ANP</figcaption></figure>",
            id="a figure with its caption",
        ),
        pytest.param(
            '<figure><img src="/b.jpg"></figure><p><img src="/c.jpg"></p><img src="/d.jpg">',
            '<figure><img src="https://nos.nl/b.jpg"></figure>\n'
            '<p><img src="https://nos.nl/c.jpg"></p>\n<p><img src="https://nos.nl/d.jpg"></p>',
            id="images alone are content",
        ),
        pytest.param("<figcaption>Foto</figcaption>", "<p>Foto</p>", id="a caption alone"),
        pytest.param(
            "<h2><div>Een</div><div>Twee</div></h2>", "<h2>Een Twee</h2>", id="in a heading"
        ),
        pytest.param(
            "<strong>Kop<p>Blok</p></strong>", "<p>Kop</p>\n<p>Blok</p>", id="emphasis on blocks"
        ),
        pytest.param(
            "<dl><dt>Wat<dd>Dat</dl><pre>a\n b</pre>",
            "<p>Wat</p>\n<p>Dat</p>\n<p>a b</p>",
            id="structure beyond the allow-list",
        ),
        pytest.param(
            "<iframe>x</iframe><noscript><b>x</b></noscript><button>Deel</button><p>Ja</p>",
            "<p>Ja</p>",
            id="fallbacks and labels",
        ),
        pytest.param("<p>Een<p>Twee", "<p>Een</p>\n<p>Twee</p>", id="unclosed paragraphs"),
        pytest.param("a\x00b\ud800<p>c&#1;</p>", "<p>ab\ufffd</p>\n<p>c</p>", id="bad characters"),
        pytest.param(
            '<p>Zie <a data-cke-saved-href="https://x.nl" href="https://x.nl/1" target="_blank"'
            ' style="color:red" title="t" lang="nl">hier</a></p>',
            '<p>Zie <a href="https://x.nl/1">hier</a></p>',
            id="an editor's residue",
        ),
    ],
)
def test_the_html_rendition(html, rendition):
    assert sanitize_html(html, BASE) == rendition


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        pytest.param("https://nos.nl/l/1", "https://nos.nl/l/1", id="absolute"),
        pytest.param("/l/1", "https://nos.nl/l/1", id="from the root"),
        pytest.param("2400002-b", "https://nos.nl/artikel/2400002-b", id="from here"),
        pytest.param("//x.nl/a", "https://x.nl/a", id="without a scheme"),
        pytest.param("#kop", f"{BASE}#kop", id="within the article"),
        pytest.param("mailto:a@b.nl", "mailto:a@b.nl", id="mail"),
        pytest.param("/l/1?a=1&amp;utm_source=rss", "https://nos.nl/l/1?a=1", id="a tracker"),
        pytest.param("https://x.nl/é?q=a b", "https://x.nl/é?q=a b", id="kept as written"),
        pytest.param("https://x.nl/\na", "https://x.nl/a", id="a line break, as browsers read it"),
        pytest.param("ftp://x.nl/a", None, id="another scheme"),
        pytest.param("javascript:alert(1)", None, id="script"),
        pytest.param("JaVa&#9;Script:alert(1)", None, id="script in disguise"),
        pytest.param("&#1;javascript:alert(1)", None, id="script behind a control character"),
        pytest.param("data:text/html,<script>alert(1)</script>", None, id="data"),
        pytest.param("", None, id="empty"),
        pytest.param("https://[", None, id="no address"),
    ],
)
def test_links(address, expected):
    link = f'<a href="{expected}">hier</a>' if expected else "hier"
    html = '<p><a href="{}">hier</a></p>'.format(address.replace('"', "&quot;"))
    assert sanitize_html(html, BASE) == f"<p>{link}</p>"


def test_without_a_base_only_absolute_links_stay():
    html = '<p><a href="/l/1">een</a> <a href="https://nos.nl/l/2">twee</a></p>'
    assert sanitize_html(html, "") == '<p>een <a href="https://nos.nl/l/2">twee</a></p>'


@pytest.mark.parametrize(
    "payload",
    [
        "<script>alert(1)</script>",
        "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
        "<scr<script>ipt>alert(1)</scr</script>ipt>",
        "<img src=x onerror=alert(1)>",
        "<img/src='x'/onerror='alert(1)'>",
        "<svg onload=alert(1)><script>alert(1)</script><a xlink:href='javascript:alert(1)'>",
        "<style>@import 'javascript:alert(1)';</style>",
        "<p style='background:url(javascript:alert(1))' onclick='alert(1)'>x</p>",
        "<iframe src='javascript:alert(1)'><script>alert(1)</script></iframe>",
        "<object data='javascript:alert(1)'></object><embed src='javascript:alert(1)'>",
        "<base href='javascript:alert(1)//'><a href='x'>x</a>",
        "<form action='javascript:alert(1)'><button formaction='javascript:alert(1)'>x</form>",
        "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
        "<template><script>alert(1)</script></template>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
        "<math><mtext><table><mglyph><style><!--</style><p title='--&gt;&lt;img onerror=a()&gt;'>",
        "<form><math><mtext></form><form><mglyph><svg><style><a id='</style><img onerror=a()>'>",
        "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
        "<textarea><img title='</textarea><img src onerror=alert(1)>'></textarea>",
        "<title><img title='</title><img src onerror=alert(1)>'></title>",
        "<!--><img src=x onerror=alert(1)>-->",
        "<![CDATA[><img src=x onerror=alert(1)>]]>",
        "<xmp><p title='</xmp><img src=x onerror=alert(1)>'>",
        "<img alt='<img src=x onerror=alert(1)>' src='/a.jpg'>",
        "<a href='https://x.nl/\"onmouseover=alert(1) x=\"'>x</a>",
        "<img src='data:image/svg+xml,<svg onload=alert(1)>'>",
        "<table><td background='javascript:alert(1)'>x",
        "<isindex action=javascript:alert(1)><input autofocus onfocus=alert(1)>",
    ],
)
@pytest.mark.parametrize("place", ["{}", "<p>Een {} zin</p>", "<table><tr><td>{}", "<svg>{}"])
def test_nothing_acts(payload, place):
    html = place.format(payload)
    assert_inert(sanitize_html(html, BASE))


ALLOWED = {
    "a": {"href"},
    "img": {"src", "alt"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
BARE = re.compile(
    "b|blockquote|br|caption|del|em|figcaption|figure|h[1-6]|i|ins|li|ol|p|s|strong|sub|sup|table"
    "|tbody|tfoot|thead|tr|u|ul"
)


class Inert(HTMLParser):
    """Fails for any tag or attribute beyond the allow-list."""

    def handle_starttag(self, tag, attrs):
        assert tag in ALLOWED or BARE.fullmatch(tag)
        for name, value in attrs:
            assert name in ALLOWED.get(tag, ())
            if name in {"href", "src"}:
                assert re.match(r"(https?://|mailto:)", value)

    def handle_comment(self, data):
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def assert_inert(html):
    parser = Inert()
    parser.feed(html)
    parser.close()


TAGS = [
    *("p", "div", "section", "blockquote", "h2", "ul", "ol", "li", "dl", "dt", "dd", "pre", "form"),
    *("table", "caption", "tr", "td", "th", "figure", "figcaption", "img", "br"),
    *("a", "b", "i", "em", "strong", "span", "font", "nobr", "x-y"),
    *("svg", "math", "style", "script", "template", "select", "option", "noscript", "textarea"),
]
PIECES = st.one_of(
    st.sampled_from([f"<{tag}>" for tag in TAGS] + [f"</{tag}>" for tag in TAGS]),
    st.sampled_from(["<a href='/l/1?utm_source=x'>", "<a href=javascript:x>", "<img src=/a.jpg>"]),
    st.sampled_from(
        [" ", "\n", "\t", "&nbsp;", "\xa0", "&amp;", "&lt;p&gt;", "<", "&", "zin ", "Ja"]
    ),
    st.sampled_from(["<img alt='a\nb>' src=' /a b.jpg\n'>", "<td colspan='2\n'>", "<!--", "-->"]),
    st.text(st.characters(categories=None), max_size=3),
)
NASTY = st.lists(PIECES, max_size=30).map("".join)


@given(NASTY)
def test_rendering_a_rendition_changes_nothing(html):
    once = render(html, BASE)
    assert render(once.html, BASE) == once


@given(NASTY)
def test_a_rendition_is_inert_and_one_line_a_block(html):
    rendition = sanitize_html(html, BASE)
    assert_inert(rendition)
    assert "\t" not in rendition
    for line in rendition.split("\n") if rendition else ():
        name = re.match(r"<(p|h[1-6]|ul|ol|blockquote|table|figure)>", line)
        assert name, line
        assert line.endswith(f"</{name[1]}>")


@given(NASTY)
def test_both_renditions_say_the_same(html):
    rendition = render(html, BASE)
    assert rendition.text == render_text(rendition.html)


def test_render_gives_both_renditions_and_the_words():
    html = "<div><p>Een zin van <em>zeven</em> woorden – ja.</p><p>10 km</p></div>"
    assert render(html, BASE) == Renditions(
        html="<p>Een zin van <em>zeven</em> woorden – ja.</p>\n<p>10 km</p>",
        text="Een zin van zeven woorden – ja.\n\n10 km",
        word_count=8,
    )


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<div>" * 101 + "diep", id="nested"),
        pytest.param("<div>" * 200_000, id="nested so deep that reading it would take minutes"),
        pytest.param("<ul><li>" * 60 + "diep", id="nested lists"),
        pytest.param("<p>zin</p>" * 15_001, id="more tags than any body has"),
        pytest.param(
            "".join(f"<b id={number}><p>" for number in range(5_000)),
            id="formatting repeated until memory ends",
        ),
    ],
)
def test_bombs_are_refused(html):
    with pytest.raises(CleaningError):
        render(html, BASE)


def test_as_deep_as_allowed():
    assert sanitize_html("<div>" * 100 + "diep", BASE) == "<p>diep</p>"


def test_a_long_body_is_rendered():
    paragraph = '<p class="x">Een <em class="y">lange</em> zin.</p>'
    assert render(paragraph * 400, BASE).word_count == 1_200


@pytest.mark.samples
def test_real_bodies_keep_their_blocks(samples):
    from lxml import etree

    feed = etree.parse(samples / "feed-nosnieuwsalgemeen-2026-10-01.xml")
    for item in feed.iter("item"):
        body = item.findtext("description")
        rendition = render(body, "https://nos.nl")
        assert len(rendition.html.split("\n")) == len(re.findall(r"<(?:p|h2)\b", body))
        assert render(rendition.html, "https://nos.nl") == rendition
