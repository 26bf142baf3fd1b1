"""`POST /v1/sync/push`: changes that devices made, each taken exactly once in effect, in order, in its own transaction.

route.py is the door, shapes.py what is asked and answered, results.py the count and the memory of each device,
effects.py what an operation does, merge.py the three-way merge of a booking, placing.py whether a time can be had,
refusals.py how it is told.
"""

from backend_stub.push.route import router

__all__ = ["router"]
