"""Where the tutorial's "50x" comes from: the figures its link leads to, and why they say something else."""

from dataclasses import dataclass

from bench.workloads.size import TUTORIAL
from reports.wording import units

WORK = units.flops(TUTORIAL.flops_per_step)
SOURCE = "github.com/jcjohnson/cnn-benchmarks"
SETTING = (
    "Convolutional nets in Torch7, measured in 2016: forward and backward pass of a batch of 16 images of 224 x 224, "
    "on two Xeon E5-2630 v3 against a Pascal Titan X with cuDNN 5.1."
)


@dataclass(frozen=True)
class Cited:
    """One cited net: seconds of a forward and a backward pass on the CPUs and on the GPU."""

    net: str
    cpu_seconds: float
    gpu_seconds: float

    @property
    def ratio(self) -> float:
        return self.cpu_seconds / self.gpu_seconds


CITED = (
    Cited("VGG-16", 8.49548, 0.12862),
    Cited("VGG-19", 9.84923, 0.14732),
    Cited("ResNet-18", 2.19578, 0.03154),
    Cited("ResNet-34", 3.96521, 0.05159),
)
DIFFERENCES = (
    "cuDNN makes 2.2x to 3.0x of the ratio: without it the same card comes to 22x to 28x. The CPU side had no tuned "
    "library; its author calls it pretty far from optimal.",
    "The Titan X sat in another machine than the CPUs, and the number of threads and the BLAS were neither set nor "
    "recorded.",
    "The peak rates in float32, 10.16 against about 1.2 TFLOP/s, are a factor of 8 apart.",
    "The figures are means of 10 runs, which hide outliers, and hold neither an optimizer's step nor any transfer.",
    f"They are other work: such a net keeps a GPU busy, while a step of the tutorial's two-layer net, {WORK}, is over "
    "almost before it has been launched.",
    "Nor are the tutorial's own rows equal work: NumPy computes in float64 and torch in float32; its nn rows add "
    "biases, other initial weights and other optimizers; its TensorFlow row feeds x and y anew at every step.",
    "With both sides tuned, Lee et al. (ISCA 2010) found 2.5x on average.",
)
