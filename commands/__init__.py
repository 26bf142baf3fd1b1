"""What the commands of `chatty` are called and what their options mean, a file a noun.

Every import that costs time is inside the command that needs it.
"""
