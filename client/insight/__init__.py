"""What the rows mean: pure functions from models to figures, health and suggestions.  No I/O, no clock, no words.

Where a result is read by an owner it carries a closed enum and the turns it rests on; the sentence is the catalogue's.
"""
