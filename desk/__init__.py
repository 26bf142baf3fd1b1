"""What the commands of `chatty` do once their options are understood, and how they say it."""
