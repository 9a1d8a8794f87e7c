"""Reads moments as people write them in searches, pure: `2026-11-30`, `30 Nov 2026 9:00`, `1795000000`.

Called by search_terms.
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    "(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    "|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_WEEKDAY = "(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,? )?"
_YEAR, _NUMBER, _DAY = "(?P<year>[0-9]{4})", "(?P<month>[0-9]{1,2})", "(?P<day>[0-9]{1,2})"
_DATES = (
    f"{_YEAR}(?:([-/.]){_NUMBER}(?:\\2{_DAY})?)?",
    f"{_NUMBER}/{_DAY}/{_YEAR}",
    f"{_WEEKDAY}{_DAY}(?:st|nd|rd|th)?[ -]{_MONTH},?[ -]{_YEAR}",
    f"{_WEEKDAY}{_MONTH}\\.? {_DAY}(?:st|nd|rd|th)?,? {_YEAR}",
    "(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})",
)
_TIME = (
    "(?:(?:,? |t)(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?"
    "(?: ?(?P<half>am|pm))?)?"
)
_ZONE = "(?: ?(?P<utc>z|utc|gmt)| ?(?P<sign>[+-])(?P<hours>[0-9]{2}):?(?P<minutes>[0-9]{2}))?"
_FORMS = [re.compile(date + _TIME + _ZONE, re.ASCII) for date in _DATES]
_DIGITS = re.compile(r"[0-9]{14}", re.ASCII)
_SECONDS = re.compile(r"([0-9]{10})([0-9]{3})?", re.ASCII)
_HALF_DAY = 12  # hours
EXAMPLES = "2026-11-30, 2026-11-30T09:00Z or 30 Nov 2026"


def read_moment(text: str, zone: tzinfo = UTC) -> datetime | None:
    """The moment in UTC, to the millisecond; None if the text names none. `zone`: where the text has none.

    Years, months and days begin with their first moment. Ten digits are Unix seconds, thirteen milliseconds, and
    `11/30/2026` has the month first. Takes time in proportion to the length.
    """
    text = " ".join(text.lower().split())
    try:
        if found := _SECONDS.fullmatch(text):
            return datetime.fromtimestamp(int(found[1]), UTC) + timedelta(milliseconds=int(found[2] or 0))
        if _DIGITS.fullmatch(text):
            return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=zone).astimezone(UTC)
        for form in _FORMS:
            if found := form.fullmatch(text):
                return _moment(found.groupdict(), zone)
    except (ValueError, OverflowError):  # the 30th of February, 25:00, the year 0
        return None
    return None


def read_zone(name: str) -> tzinfo | None:
    """The time zone of this name, such as `Europe/Berlin` or `UTC`; None if there is none."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # the name of a folder, or of nothing
        return None


def _moment(found: dict[str, str | None], zone: tzinfo) -> datetime:
    """Raises ValueError or OverflowError for what no calendar has."""
    name = found.get("name")
    month = _MONTHS.index(name[:3]) + 1 if name else int(found["month"] or 1)
    hour = int(found["hour"] or 0)
    if found["half"]:
        if not 1 <= hour <= _HALF_DAY:
            raise ValueError("no such hour")
        hour = hour % _HALF_DAY + (_HALF_DAY if found["half"] == "pm" else 0)
    milliseconds = int((found["fraction"] or "0").ljust(3, "0")[:3])
    if found["utc"]:
        zone = UTC
    elif found["sign"]:
        offset = timedelta(hours=int(found["hours"] or 0), minutes=int(found["minutes"] or 0))
        zone = timezone(-offset if found["sign"] == "-" else offset)
    moment = datetime(
        int(found["year"] or 0),
        month,
        int(found["day"] or 1),
        hour,
        int(found["minute"] or 0),
        int(found["second"] or 0),
        milliseconds * 1000,
        zone,
    )
    return moment.astimezone(UTC)
