"""Which part of a slice's seconds each measurement gets, the steps having a whole one."""

PHASES_SHARE = 0.5
# Of the latency, and of the step whose loss is read.
LATENCY_SHARE = 0.2
# Of the device's own clock.
DEVICE_SHARE = 0.1
# Of each lower bound, in place of all others.
LOWER_BOUND_SHARE = 0.3
# What a slice of a net takes in all, on a CPU.
WHOLE_SHARE = 1.0 + PHASES_SHARE + 2 * LATENCY_SHARE
