"""Keeps the database equal to the server: the only writer of the server's truth.  The protocol is docs/sync.md."""
