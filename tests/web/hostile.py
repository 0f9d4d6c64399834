"""Texts that try to run script, load something or break out of where they stand.

Forms of the kind that sanitisers are tried with: mutation, nesting, namespaces, encodings. Each
calls `alert` or asks for something below `//outside.example/`.
"""

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "script with a src": '<script src="//outside.example/a.js"></script>',
    "handler": '<img src=x onerror="alert(1)">',
    "handler without quotes": "<img src=x onerror=alert(1)>",
    "handler behind a slash": '<svg/onload="alert(1)">',
    "svg script": "<svg><script>alert(1)</script></svg>",
    "svg animation": (
        '<svg><a><animate attributeName="href" values="javascript:alert(1)"/></a></svg>'
    ),
    "javascript link": '<a href="javascript:alert(1)">klik</a>',
    "javascript link with controls": '<a href="java&#10;script&#58;alert(1)">klik</a>',
    "data link": '<a href="data:text/html,<script>alert(1)</script>">klik</a>',
    "vbscript link": '<a href="vbscript:msgbox(1)">klik</a>',
    "form": '<form action="//outside.example/"><button>stuur</button></form>',
    "form action": '<button formaction="javascript:alert(1)">stuur</button>',
    "frame": '<iframe src="//outside.example/"></iframe>',
    "frame with a document": '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    "object": '<object data="//outside.example/a.swf"></object>',
    "embed": '<embed src="//outside.example/a.swf">',
    "base": '<base href="//outside.example/">',
    "refresh": '<meta http-equiv="refresh" content="0;url=//outside.example/">',
    "style element": "<style>body{background:url(//outside.example/a)}</style>",
    "style attribute": '<p style="background:url(//outside.example/a)">tekst</p>',
    "style sheet": '<link rel="stylesheet" href="//outside.example/a.css">',
    "prefetch": '<link rel="dns-prefetch" href="//outside.example">',
    "picture": '<img src="https://outside.example/pixel.gif" alt="een punt">',
    "picture set": '<img srcset="//outside.example/a.png 2x" alt="">',
    "picture in its own words": '<img alt="x&quot; onerror=&quot;alert(1)" src="https://nos.nl/a.jpg">',
    "alternative that closes": '<img src="//outside.example/a" alt="><script>alert(1)</script>">',
    "background": '<table background="//outside.example/a"><tr><td>cel</td></tr></table>',
    "video": '<video src="//outside.example/a" poster="//outside.example/b" autoplay></video>',
    "audio": '<audio src="//outside.example/a" onerror="alert(1)" autoplay></audio>',
    "details": '<details open ontoggle="alert(1)"><summary>meer</summary></details>',
    "autofocus": '<input autofocus onfocus="alert(1)">',
    "marquee": '<marquee onstart="alert(1)">lint</marquee>',
    "mutation by noscript": (
        '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>'
    ),
    "mutation by math": (
        "<math><mtext><table><mglyph><style><!--</style>"
        '<img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">'
    ),
    "mutation by form": (
        "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>"
    ),
    "mutation by svg": '<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">',
    "comment": "<!--><img src=x onerror=alert(1)>-->",
    "cdata": "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "textarea": "</textarea><script>alert(1)</script>",
    "title": "</title><script>alert(1)</script>",
    "broken tag": "<<script>alert(1)//<</script>",
    "template": "<template><script>alert(1)</script></template>",
    "custom element": '<x-news onclick="alert(1)">tekst</x-news>',
    "name that clobbers": '<img name="body"><form name="cookie"></form>',
    "jinja": "{{ 7 * 7 }}{% for a in b %}",
    "format": "{0} {title} %s %(a)s",
    "bidi": "\u202e<b>txet</b>\u202c",
    "null": "<scr\ufffdipt>alert(1)</scr\ufffdipt>",
}

HOSTILE_TITLE = "Titel " + "".join(HOSTILE.values())
HOSTILE_BODY = "\n".join(f"<p>Alinea</p>\n{one}" for one in HOSTILE.values())
HOSTILE_CAPTION = (
    "Bijschrift \"'><script>alert(1)</script><img src=//outside.example/c onerror=alert(1)>"
)
HOSTILE_CATEGORY = "'\"><img src=//outside.example/d onerror=alert(1)>"
