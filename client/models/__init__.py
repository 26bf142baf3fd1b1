"""The ground floor: frozen dataclasses in the trade's words.  No I/O, no Flet, no wire shapes.

Instants are aware UTC datetimes, money is integer cents, days are dates in the business's zone.
"""
