"""Whose work stands on the home page beside what the portal composes by itself: its siblings'."""

from tongmai.exchange import worklists as exchange
from tongmai.portal import home

home.also(exchange)
