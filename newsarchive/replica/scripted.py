"""Pages whose body comes by script: a shell, a script, and what it fetches.

::

    /inhoud/<id>/<n>      part n of an article, from 0: JSON: `html`, and whether there is `more`
    /build/js/inhoud.js   the script of the pages of 2017: XHR, in the language of 2009
    /build/js/inhoud.mjs  that of the pages of 2020: a module, in the language of 2020

An article has one part, which is all that its page says. A liveblog shows its newest update, and
has a button that fetches the next older one. No page of NOS is known to be so; other publishers'
are.
"""

import json
import re
from http import HTTPStatus
from typing import NamedTuple

from newsarchive.model import Kind
from newsarchive.replica.answers import Response
from newsarchive.replica.articles import Article
from newsarchive.replica.pages import PageEra

_MAIN = re.compile(r"(<main\b[^>]*)(>)(.*)(</main>)", re.DOTALL)
_UPDATE = re.compile(r"<li id=\"UPDATE-container-.*?</li>", re.DOTALL)
_BUTTON = '<button type="button" class="liveblog__more">Meer laden</button>'
_WITHOUT = "<noscript>Zet JavaScript aan om dit te lezen.</noscript>"

_SCRIPT = """\
(function () {
  var main = document.getElementById("content");
  var list = document.querySelector(".liveblog__list");
  var button = document.querySelector(".liveblog__more");
  var part = 0;

  function load(then) {
    var question = new XMLHttpRequest();
    question.onload = function () {
      if (question.status === 200) {
        then(JSON.parse(question.responseText));
      }
    };
    question.open("GET", main.getAttribute("data-inhoud") + "/" + part);
    question.send();
    part += 1;
  }

  if (list && button) {
    button.onclick = function () {
      load(function (answer) {
        list.insertAdjacentHTML("beforeend", answer.html);
        if (!answer.more) {
          button.parentNode.removeChild(button);
        }
      });
    };
  } else if (main) {
    load(function (answer) {
      main.innerHTML = answer.html;
    });
  }
}());
"""
_MODULE = """\
const main = document.querySelector("#content");
const list = main?.querySelector(".liveblog__list");
const button = main?.querySelector(".liveblog__more");

async function* parts() {
  for (let part = 0, answer = { more: true }; answer.more ?? false; part += 1) {
    const response = await fetch(`${main.dataset.inhoud}/${part}`);
    answer = { ...(await response.json()) };
    yield answer;
  }
}

const coming = parts();
if (button) {
  button.addEventListener("click", async () => {
    const { value } = await coming.next();
    list?.insertAdjacentHTML("beforeend", value?.html ?? "");
    if (!value?.more) button.remove();
  });
} else {
  const { value } = await coming.next();
  main.innerHTML = value.html;
}
"""
_SCRIPTS = {"/build/js/inhoud.js": _SCRIPT, "/build/js/inhoud.mjs": _MODULE}
_TAGS = {
    PageEra.TEXTWRAP: '<script src="/build/js/inhoud.js"></script>',
    PageEra.MODULES: '<script type="module" src="/build/js/inhoud.mjs"></script>',
}
SCRIPTED = frozenset(_TAGS)
"""The eras whose pages are served so; the others are served whole."""

ADDRESS = re.compile(r"/inhoud/(?P<id>\d+)/(?P<part>\d{1,4})")


class Split(NamedTuple):
    """A page as it is served in pieces."""

    shell: str
    parts: tuple[str, ...]


def split(page: str, article: Article, era: PageEra) -> Split:
    """Return a whole page as a shell, and the parts that its script fetches."""
    main = _MAIN.search(page)
    assert main is not None, "every page has its main part"
    source = f' data-inhoud="/inhoud/{article.external_id}"'
    content = main[3]
    if article.kind is Kind.LIVEBLOG:
        shown, *parts = _UPDATE.findall(content)
        first, last = content.index(shown), content.rindex("</ul></article>")
        body = f"{content[:first]}{shown}</ul>{_BUTTON}{content[last + len('</ul>') :]}"
    else:
        body, parts = _WITHOUT, [content]
    shell = f"{page[: main.start()]}{main[1]}{source}{main[2]}{body}{main[4]}{_TAGS[era]}"
    return Split(shell + page[main.end() :], tuple(parts))


def find_script(path: str) -> Response | None:
    """Return the script at `path`, if that is one."""
    if path not in _SCRIPTS:
        return None
    headers = {"Content-Type": "text/javascript; charset=utf-8"}
    return Response(HTTPStatus.OK, headers, _SCRIPTS[path].encode())


def answer_part(parts: tuple[str, ...], number: int) -> Response:
    """Return part `number` of a page."""
    if number >= len(parts):
        return Response(HTTPStatus.NOT_FOUND, {"Content-Type": "application/json"}, b"{}")
    body = json.dumps({"html": parts[number], "more": number + 1 < len(parts)}).encode()
    return Response(HTTPStatus.OK, {"Content-Type": "application/json"}, body)
