"""What screens look at: one observable per independently changing thing, each holding one frozen state.

A store is a live query made observable: when a commit touches its tables it reads again and replaces its state, if that
changed.  Stores read storage and record what the owner wants; they never talk to `sync`, and they draw nothing.
"""
