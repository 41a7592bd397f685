"""The flow, in reading order: intake, render, approve, schedule, deliver, reconcile, probe."""
