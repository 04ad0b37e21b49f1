"""What a job is kept from: files of others, networks, other processes, and more than its share of all.

`jobs.selftest` finds the strongest level that works here, by trying each on a child that does its worst.
"""

from morgana.jobs.sandbox.level import Level, Sandbox
from morgana.jobs.sandbox.limits import hide_memory

__all__ = ["Level", "Sandbox", "hide_memory"]
