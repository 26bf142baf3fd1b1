"""What the device remembers: plain functions of a connection, and the one `Database` that hands connections out.

Rows go in as tuples, frozen models come out.  Nothing here knows the network, Flet, or why a row is wanted.
"""
