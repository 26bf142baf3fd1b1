"""How the hosted API is spoken to: one file per group of endpoints, async functions whose first argument is the `Api`.

The contract is docs/api.md.  Nothing here knows the database; what a screen may do with an answer is decided above.
"""
