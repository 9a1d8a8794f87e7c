"""Style sheets and style attributes of mail, with everything disabled that makes a browser send a request.

The Content-Security-Policy of the page forbids requests as well; this is for whoever shows the HTML elsewhere.
"""

import re

_NAMES = r"src|image|image-set|cross-fade|element|paint|expression"
_OWN = r"data:image/(?:png|gif|jpeg|jpg|webp|bmp)[;,]"
_OF_THE_WEB = r"(?:https?:)?//"
# Functions that fetch (CSS Images 4, CSS Values 5), and `expression`, which old browsers ran. A name is renamed, so a
# browser ignores its declaration and nothing else. Images that are in the sheet itself stay.
_FETCHES = re.compile(rf"(?<!x-)(?:url(?!\(\s*[\"']?{_OWN})|{_NAMES})(?=\()", re.IGNORECASE)
_FETCHES_BUT_IMAGES = re.compile(
    rf"(?<!x-)(?:url(?!\(\s*[\"']?(?:{_OWN}|{_OF_THE_WEB}))|{_NAMES})(?=\()", re.IGNORECASE
)
_IMAGES = re.compile(rf"(?<!x-)url(?=\(\s*[\"']?{_OF_THE_WEB})", re.IGNORECASE)
# Their URLs are no images.
_IMPORTS_AND_FONTS = re.compile(r"@import[^;]*|@font-face[^}]*", re.IGNORECASE)
_AT_RULES = re.compile(r"@(?=(?:import|font-face|namespace|document|-moz-document|charset)\b)", re.IGNORECASE)
# Without a backslash in it, `<\\/style` would end the sheet, and what follows would be HTML that nobody has checked.
_ENDS = re.compile(r"<+(?=/)")
_START, _END = "<style", "</style"


class Sheets:
    """Makes the CSS of one mail still. `remote_images`: `url()` of the web stays; `blocked`: how many did not."""

    def __init__(self, *, remote_images: bool = False) -> None:
        self._remote_images = remote_images
        self.blocked = 0

    def still(self, css: str) -> str:
        r"""The CSS, with functions and rules that fetch something renamed to unknown ones.

        Backslashes go first: with `u\72l(` a name could be written in a hundred ways, and mail has no other use for
        them.
        """
        plain = _ENDS.sub("", css.replace("\\", "").replace("\0", ""))
        if self._remote_images:
            fetches = _FETCHES_BUT_IMAGES
        else:
            fetches = _FETCHES
            self.blocked += len(_IMAGES.findall(_IMPORTS_AND_FONTS.sub("", plain)))
        return _AT_RULES.sub("@x-", fetches.sub(lambda name: f"x-{name[0]}", plain))

    def still_in(self, html: str) -> str:
        """The serialised HTML, with the content of its `style` elements made still."""
        pieces, place = [], 0
        while (begin := html.find(_START, place)) >= 0 and (end := html.find(_END, begin)) >= 0:
            pieces += [html[place:begin], self.still(html[begin:end])]
            place = end
        return "".join([*pieces, html[place:]])
