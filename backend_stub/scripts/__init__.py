"""Call scripts: their form, our own as data, and the reader of call files.  Playing them is calls_player's business."""

from backend_stub.scripts.files import load_calls
from backend_stub.scripts.form import CallerKind, CallScript, Gap, Line, NotACallFile, Step, ToolStep
from backend_stub.scripts.own import own_scripts

__all__ = [
    "CallScript",
    "CallerKind",
    "Gap",
    "Line",
    "NotACallFile",
    "Step",
    "ToolStep",
    "load_calls",
    "own_scripts",
]
