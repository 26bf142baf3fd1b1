"""Calendar files: what an .ics file says about a span of time, and bookings written as .ics and .csv.

Pure functions of bytes and models.  A file from elsewhere is hostile until read: every bound is in `imported.Limits`.
"""
