"""An account's forecasts: its history read, foretold by a program of its own, kept as rows of the feed.

history.py reads bookings into days (asked.py), measures.py makes the rows of days (pure; it is what the program runs),
aside.py and child.py are the program, keeping.py says when and writes them.
"""
