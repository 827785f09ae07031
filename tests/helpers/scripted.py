"""A clock that tests script, and a net that moves it."""


class Clock:
    """A clock that only work moves; a scripted net moves it."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


class ScriptedNet:
    """Steps of given lengths: the work is queued by a step and done by a wait, as on a GPU."""

    def __init__(self, clock, step_seconds, wait_seconds=0.0, waits=True):
        self.clock, self.wait_seconds, self.waits = clock, wait_seconds, waits
        self.lengths = step_seconds if callable(step_seconds) else lambda number: step_seconds
        self.steps, self.queued = 0, 0.0

    def step(self):
        self.queued += self.lengths(self.steps)
        self.steps += 1

    forward = backward = update = step

    def wait(self):
        self.clock.now += self.wait_seconds
        if self.waits:
            self.drain()

    def drain(self):
        self.clock.now, self.queued = self.clock.now + self.queued, 0.0

    def parameters(self):
        self.drain()
        self.clock.now += 1e-5
