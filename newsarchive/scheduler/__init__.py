"""When to start which command: a plan, what is due of it, and the processes that do it.

Nothing but due times and a loop: each crawl is a process of its own, so that one that hangs or
dies takes nothing with it, and the loop holds neither archive nor network.
"""

from newsarchive.scheduler.children import ChildProcesses
from newsarchive.scheduler.loop import Child, Runner, Scheduler
from newsarchive.scheduler.plan import Job, read_plan
from newsarchive.scheduler.planning import JobState, Next, start_at, what_next

__all__ = [
    "Child",
    "ChildProcesses",
    "Job",
    "JobState",
    "Next",
    "Runner",
    "Scheduler",
    "read_plan",
    "start_at",
    "what_next",
]
