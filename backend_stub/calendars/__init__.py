"""Calendars that the server reads: .ics feeds, whose busy times become blocks and stay equal to the feed.

poller.py decides when, fetching.py asks, aside.py has the answer read (child.py, reading.py), keeping.py writes.
"""
