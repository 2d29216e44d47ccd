"""From where somebody comes: the network address behind our own proxies, and a word for the device."""

import ipaddress
import re

from django.conf import settings
from django.http import HttpRequest

_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"), ("OpenHarmony", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"),
    ("iPad", "iPad"), ("Windows NT", "Windows"), ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip
_BROWSERS = (
    ("MicroMessenger", "WeChat"), ("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
LONGEST = 400


def address_of(request: HttpRequest) -> str:
    """Return the caller's network address; of IPv6 the network of one household, as each device has many.

    TONGMAI_PROXIES says how many proxies of ours stand in front; what a caller writes into the header before them
    counts for nothing.
    """
    seen = request.META.get("REMOTE_ADDR", "")
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "")[:LONGEST].split(",") if hop.strip()]
    if settings.PROXIES and len(hops) >= settings.PROXIES:
        seen = hops[-settings.PROXIES]
    try:
        found = ipaddress.ip_address(seen)
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, 64), strict=False).network_address)


def name_of(request: HttpRequest) -> str:
    """Return system and browser in two words, e.g. Windows · Chrome; what else the browser tells is not kept."""
    said = request.headers.get("User-Agent", "")[:LONGEST]
    system = next((name for mark, name in _SYSTEMS if mark in said), "")
    browser = next((name for mark, name in _BROWSERS if re.search(rf"\b{mark}", said)), "")
    return " · ".join(part for part in (system, browser) if part)
