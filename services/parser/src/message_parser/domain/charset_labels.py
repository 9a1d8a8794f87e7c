"""The names by which mail declares charsets, and the codec that reads each.

Sources: the labels of the WHATWG Encoding Standard (section 4.2), the IANA registry of character sets, and aliases of
vendors that public mail shows. As in that standard, a label means what its senders send: ISO-8859-1 is windows-1252,
GB2312 is GB18030, EUC-KR is code page 949. Sets that the standard replaces for browsers are decoded here.
"""

import re
from encodings.aliases import aliases
from functools import lru_cache

# One line a codec: its name, then labels without punctuation.
_TABLE = """
utf-8: unicode11utf8 unicode20utf8 utf8 xunicode20utf8 utf8mb4 utf8mb3 utf8sig utf8bom xutf8 csutf8 unicode11utf utf8n utfs8
utf-16: utf16 csutf16 unicode csunicode ucs2 iso10646ucs2 iso10646 ucs2be
utf-16-le: utf16le unicodefeff csutf16le ucs2le
utf-16-be: utf16be unicodefffe csutf16be
utf-32: utf32 ucs4 iso10646ucs4 csucs4 csutf32
utf-32-le: utf32le ucs4le
utf-32-be: utf32be ucs4be
utf-7: utf7 unicode11utf7 unicode20utf7 xunicode20utf7 csunicode11utf7 csutf7 cp65000
cp866: 866 cp866 csibm866 ibm866
iso8859-2: csisolatin2 iso88592 isoir101 iso885921987 l2 latin2
iso8859-3: csisolatin3 iso88593 isoir109 iso885931988 l3 latin3
iso8859-4: csisolatin4 iso88594 isoir110 iso885941988 l4 latin4
iso8859-5: csisolatincyrillic cyrillic iso88595 isoir144 iso885951988
iso8859-6: arabic asmo708 csiso88596e csiso88596i csisolatinarabic ecma114 iso88596 iso88596e iso88596i isoir127 iso885961987
iso8859-7: csisolatingreek ecma118 elot928 greek greek8 iso88597 isoir126 iso885971987 suneugreek
iso8859-8: csiso88598e csiso88598i csisolatinhebrew hebrew iso88598 iso88598e iso88598i isoir138 iso885981988 visual logical
iso8859-10: csisolatin6 iso885910 isoir157 l6 latin6
iso8859-13: iso885913 latin7
iso8859-14: iso885914 latin8 isoir199 isoceltic
iso8859-15: csisolatin9 iso885915 l9 latin9 latin0
iso8859-16: iso885916 latin10 isoir226
koi8-r: cskoi8r koi koi8 koi8r
koi8-u: koi8ru koi8u cskoi8u
koi8-t: koi8t
mac-roman: csmacintosh mac macintosh xmacroman macroman xmacintosh
mac-cyrillic: xmaccyrillic xmacukrainian maccyrillic
mac-latin2: xmacce xmaccentraleurroman macce maclatin2
mac-greek: xmacgreek macgreek
mac-turkish: xmacturkish macturkish
cp874: dos874 iso885911 tis620 windows874 cp874 xwindows874 tis6200 tis62025331 cstis620 ibm874
cp1250: cp1250 windows1250 xcp1250 win1250 ms1250 ansi1250
cp1251: cp1251 windows1251 xcp1251 win1251 ms1251 ansi1251
cp1252: ansix341968 ascii usascii iso646us csascii isoir6 cp1252 cp819 csisolatin1 ibm819 iso88591 isoir100 iso885911987 l1 latin1 windows1252 xcp1252 win1252 ms1252 ansi ansi1252 cp1004 us windowscp1252 csibm819 latin
cp1253: cp1253 windows1253 xcp1253 win1253
cp1254: cp1254 csisolatin5 iso88599 isoir148 iso885991989 l5 latin5 windows1254 xcp1254 win1254
cp1255: cp1255 windows1255 xcp1255 win1255
cp1256: cp1256 windows1256 xcp1256 win1256
cp1257: cp1257 windows1257 xcp1257 win1257
cp1258: cp1258 windows1258 xcp1258 win1258
gb18030: chinese csgb2312 csiso58gb231280 gb2312 gb231280 gbk isoir58 xgbk gb18030 cp936 ms936 windows936 euccn xeuccn gb180302000 xgb18030 csgbk csgb18030 gb gb23121980 hzgb2312euc xgb2312
big5: big5 big5hkscs cnbig5 csbig5 xxbig5 cp950 ms950 windows950 big5eten csbig5hkscs xwindows950 xbig5
euc-jp: cseucpkdfmtjapanese eucjp xeucjp ujis eucjpms cp51932 xeucjplinux eucjpwin cseucjp
shift_jis: csshiftjis ms932 mskanji shiftjis sjis windows31j xsjis cp932 xmscp932 cswindows31j windows932 shiftjisx0213 xshiftjis
iso-2022: csiso2022jp iso2022jp iso2022jp1 iso2022jp2 iso2022jp3 iso2022jpms iso2022jpext csiso2022jp2 iso2022jp2004 cp50220 cp50221 cp50222 jis junet csiso2022kr iso2022kr iso2022cn iso2022cnext xiso2022cngb xiso2022jp
cp949: cseuckr csksc56011987 euckr isoir149 korean ksc56011987 ksc56011989 ksc5601 windows949 cp949 ms949 uhc xwindows949 xeuckr ksc56011992 kscms
johab: johab cp1361 ms1361
hz: hzgb2312 hz hzgb
"""
_CODECS = {
    label: codec
    for line in _TABLE.strip().splitlines()
    for codec, _, labels in [line.partition(": ")]
    for label in labels.split()
}
# Code pages of the IANA registry that Python reads under its own names. Its registry also holds codecs that are no
# charsets, some of them with quadratic cost (punycode, idna); none of those is reached.
_CODE_PAGE = re.compile(r"(?:ibm|cp|csibm|cspc|windows|dos)?(\d{3,5})")
_CODE_PAGES = frozenset(
    "037 273 424 437 500 720 737 775 850 852 855 856 857 858 860 861 862 863 864 865 869 875 1006 1026 1125 1140".split()
)
_NO_LETTER = re.compile(r"[^a-z0-9]")
_UNINFORMATIVE = frozenset(
    {"", "usascii", "ascii", "ansix341968", "unknown8bit", "xunknown", "unknown", "binary", "8bit", "7bit", "default", "none"}
    | {"iso646us", "us", "auto", "null", "undefined", "charset", "any", "utf"}
)


@lru_cache(maxsize=1024)
def codec_of(declared: str) -> str | None:
    """The codec of a declared charset; "" when the declaration says nothing, None when it is unknown."""
    name = declared[:80].lower().partition(";")[0].strip().strip("\"'").partition("*")[0]
    label = _NO_LETTER.sub("", name.removeprefix("charset="))
    if label in _UNINFORMATIVE:
        return ""
    if label in _CODECS:
        return _CODECS[label]
    page = _CODE_PAGE.fullmatch(label)
    if page:
        number = page.group(1).lstrip("0") if len(page.group(1)) > 3 else page.group(1)  # noqa: PLR2004
        return f"cp{number}" if number in _CODE_PAGES else _CODECS.get("cp" + number)
    known = aliases.get(name.replace("-", "_").replace(" ", "_"))
    return _CODECS.get(_NO_LETTER.sub("", known)) if known else None
