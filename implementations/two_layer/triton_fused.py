"""Triton: a step in three kernels of one's own, recorded as one CUDA graph: how near the limit a step gets."""

import torch
import triton
import triton.language as tl

from implementations.two_layer import torch_cuda_graph

DEVICES = ("cuda",)
DTYPES = ("float32", "tf32", "bfloat16")

# A program adds up a tile of so many rows and columns, so many products at a time; or goes through so many numbers
ROWS, COLUMNS, DEPTH, BLOCK = tl.constexpr(16), tl.constexpr(64), tl.constexpr(32), tl.constexpr(1024)
# Two programs for each multiprocessor of a large GPU, so that one computes while the other waits for memory
PROGRAMS = 256
# How many of float32's bits the operands of a product do without
SPARE_BITS = {"float32": 0, "tf32": 13, "bfloat16": 16}


@triton.jit
def at(array, row, column, rows, columns):
    # Elements of a matrix, or where the row varies across, of its transpose; zeros beyond its ends
    return tl.load(array + row * columns + column, mask=(row < rows) & (column < columns), other=0.0)


@triton.jit
def put(array, row, column, rows, columns, values):
    tl.store(array + row * columns + column, values, mask=(row < rows) & (column < columns))


@triton.jit
def seen(operand, spare: tl.constexpr):
    # What a product sees: the nearest number without the spare bits, of two the even one. In float32, the operand
    if spare > 0:
        bits = operand.to(tl.int32, bitcast=True)
        bits += (1 << (spare - 1)) - 1 + ((bits >> spare) & 1)
        operand = (bits & -(1 << spare)).to(tl.float32, bitcast=True)
    return operand


@triton.jit
def plus_product(total, a, b, spare: tl.constexpr):
    # (ROWS, COLUMNS) + (ROWS, DEPTH) x (DEPTH, COLUMNS). Tensor cores take what has spare bits, and take it exactly
    return tl.dot(seen(a, spare), seen(b, spare), total, input_precision="tf32" if spare > 0 else "ieee")


@triton.jit
def first_product(
    x,
    w1,
    h,
    batch: tl.constexpr,
    d_in: tl.constexpr,
    hidden: tl.constexpr,
    share: tl.constexpr,
    spare: tl.constexpr,
):
    # h = x w1: a program computes one tile of it over one share of D_in, so that there are programs enough. Sizes are
    # constants: so Triton knows how rows are aligned, and loads four numbers at once
    n = tl.program_id(0) * ROWS + tl.arange(0, ROWS)[:, None]
    j = tl.program_id(1) * COLUMNS + tl.arange(0, COLUMNS)[None, :]
    first = tl.program_id(2) * share
    part = tl.zeros((ROWS, COLUMNS), tl.float32)
    for start in range(0, share, DEPTH):
        i = first + start + tl.arange(0, DEPTH)
        x_tile, w1_tile = at(x, n, i[None, :], batch, d_in), at(w1, i[:, None], j, d_in, hidden)
        part = plus_product(part, x_tile, w1_tile, spare)
    put(h + tl.program_id(2) * batch * hidden, n, j, batch, hidden, part)


@triton.jit
def there_and_back(
    h,
    w2,
    y,
    h_relu,
    grad_h,
    grad_y_pred,
    losses,
    batch: tl.constexpr,
    hidden: tl.constexpr,
    d_out: tl.constexpr,
    parts: tl.constexpr,
    part_lanes: tl.constexpr,
    hidden_lanes: tl.constexpr,
    d_out_lanes: tl.constexpr,
    spare: tl.constexpr,
):
    # Each program computes one row of the batch: h (H,) and predicted y (D_out,)
    n, j, o = tl.program_id(0), tl.arange(0, hidden_lanes), tl.arange(0, d_out_lanes)
    part = tl.arange(0, part_lanes)[:, None]
    w2_seen = seen(at(w2, j[:, None], o[None, :], hidden, d_out), spare)

    # Forward pass: the parts of h, predicted y, and the row's part of the loss
    h_row = tl.sum(at(h, part * batch + n, j[None, :], parts * batch, hidden), axis=0)
    h_relu_row = tl.maximum(h_row, 0.0)
    y_pred = tl.sum(seen(h_relu_row, spare)[:, None] * w2_seen, axis=0)
    difference = y_pred - at(y, n, o, batch, d_out)
    tl.store(losses + n, tl.sum(difference * difference, axis=0))

    # Backprop as far as h
    grad_row = 2.0 * difference
    grad_h_row = tl.sum(seen(grad_row, spare)[None, :] * w2_seen, axis=1)
    put(grad_y_pred, n, o, batch, d_out, grad_row)
    put(h_relu, n, j, batch, hidden, h_relu_row)
    put(grad_h, n, j, batch, hidden, tl.where(h_row > 0, grad_h_row, 0.0))


@triton.jit
def updates(
    x,
    h_relu,
    grad_h,
    grad_y_pred,
    w1,
    w2,
    losses,
    loss,
    batch: tl.constexpr,
    d_in: tl.constexpr,
    hidden: tl.constexpr,
    d_out: tl.constexpr,
    learning_rate,
    spare: tl.constexpr,
):
    # Each program updates one tile of w1, or of w2; the last one adds up the loss
    tile, tiles = tl.program_id(0), tl.cdiv(d_in, ROWS) * tl.cdiv(hidden, COLUMNS)
    if tile < tiles:
        descend(w1, x, grad_h, tile, batch, d_in, hidden, learning_rate, spare)
    elif tile < tl.num_programs(0) - 1:
        descend(w2, h_relu, grad_y_pred, tile - tiles, batch, hidden, d_out, learning_rate, spare)
    else:
        add_up(losses, loss, batch)


@triton.jit
def descend(
    w,
    a,
    b,
    tile,
    batch: tl.constexpr,
    height: tl.constexpr,
    width: tl.constexpr,
    learning_rate,
    spare: tl.constexpr,
):
    # Update w (height, width) using gradient descent: its gradient is aT b, of a (N, height) and b (N, width)
    across = tl.cdiv(width, COLUMNS)
    i = tile // across * ROWS + tl.arange(0, ROWS)[:, None]
    j = tile % across * COLUMNS + tl.arange(0, COLUMNS)[None, :]
    grad = tl.zeros((ROWS, COLUMNS), tl.float32)
    for start in range(0, batch, DEPTH):
        n = start + tl.arange(0, DEPTH)
        grad = plus_product(grad, at(a, n[None, :], i, batch, height), at(b, n[:, None], j, batch, width), spare)
    put(w, i, j, height, width, at(w, i, j, height, width) - learning_rate * grad)


@triton.jit
def add_up(losses, loss, count: tl.constexpr):
    # In the same order at every step, so that equal steps have equal losses
    total = tl.zeros((BLOCK,), tl.float32)
    for start in range(0, count, BLOCK):
        i = start + tl.arange(0, BLOCK)
        total += tl.load(losses + i, mask=i < count, other=0.0)
    tl.store(loss, tl.sum(total, axis=0))


@triton.jit
def compare(y_pred, y, losses, count):
    # The loss, in parts, and the gradient of predicted y in the place of predicted y
    i = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    difference = tl.load(y_pred + i, mask=i < count, other=0.0) - tl.load(y + i, mask=i < count, other=0.0)
    tl.store(y_pred + i, 2.0 * difference, mask=i < count)
    tl.store(losses + tl.program_id(0), tl.sum(difference * difference, axis=0))


@triton.jit
def mask(grad_h, h_relu, losses, loss, count, parts: tl.constexpr):
    # The gradient passes where h was positive; one program also adds up the loss
    i = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    positive = tl.load(h_relu + i, mask=i < count, other=0.0) > 0
    grad = tl.load(grad_h + i, mask=i < count, other=0.0)
    tl.store(grad_h + i, tl.where(positive, grad, 0.0), mask=i < count)
    if tl.program_id(0) == 0:
        add_up(losses, loss, parts)


class TwoLayer:
    def __init__(self, problem, device):
        # x (N, D_in), y (N, D_out), w1 (D_in, H), w2 (H, D_out)
        self.x = torch.tensor(problem.x, device=device)
        self.y = torch.tensor(problem.y, device=device)
        self.w1 = torch.tensor(problem.parameters["w1"], device=device)
        self.w2 = torch.tensor(problem.parameters["w2"], device=device)
        self.learning_rate = problem.learning_rate
        self.loss = self.x.new_empty(())
        self.wait = torch.get_device_module(device).synchronize
        self.prepare(problem.size, problem.dtype)

        # Triton's interpreter takes the step on a CPU too, where nothing can be recorded
        self.replay = self.launch
        if device == "cuda":
            self.graph, _ = torch_cuda_graph.recorded(self.launch)
            self.replay = self.graph.replay

            # The steps before the recording have trained: back to the start
            self.w1.copy_(torch.tensor(problem.parameters["w1"]))
            self.w2.copy_(torch.tensor(problem.parameters["w2"]))

    def step(self):
        # Overwrites the loss of the step before
        self.replay()
        return self.loss

    def parameters(self):
        return {"w1": self.w1.numpy(force=True), "w2": self.w2.numpy(force=True)}


class ByHand(TwoLayer):
    def prepare(self, size, dtype):
        self.sizes, self.spare = (size.batch, size.d_in, size.hidden, size.d_out), SPARE_BITS[dtype]

        # The tiles of h and the parts of each, w1's and w2's tiles, and powers of 2 that hold a row
        down, across = triton.cdiv(size.batch, ROWS.value), triton.cdiv(size.hidden, COLUMNS.value)
        depths = triton.cdiv(size.d_in, DEPTH.value)
        self.share = DEPTH.value * triton.cdiv(depths, max(1, PROGRAMS // (down * across)))
        self.parts = triton.cdiv(size.d_in, self.share)
        self.h_tiles = down, across, self.parts
        self.w_tiles = triton.cdiv(size.d_in, ROWS.value) * across
        self.w_tiles += triton.cdiv(size.hidden, ROWS.value) * triton.cdiv(size.d_out, COLUMNS.value)
        self.lanes = [triton.next_power_of_2(count) for count in (self.parts, size.hidden, size.d_out)]

        # Every result has its place
        self.h = self.x.new_empty(self.parts, size.batch, size.hidden)
        self.h_relu, self.grad_h = self.x.new_empty(2, size.batch, size.hidden)
        self.grad_y_pred, self.losses = torch.empty_like(self.y), self.x.new_empty(size.batch)

    def launch(self):
        x, y, w1, w2, h, h_relu = self.x, self.y, self.w1, self.w2, self.h, self.h_relu
        grads, (batch, d_in, hidden, d_out) = (self.grad_h, self.grad_y_pred), self.sizes

        first_product[self.h_tiles](x, w1, h, batch, d_in, hidden, self.share, self.spare)
        there_and_back[(batch,)](
            *(h, w2, y, h_relu, *grads, self.losses, batch, hidden, d_out, self.parts), *self.lanes, self.spare
        )
        updates[(self.w_tiles + 1,)](
            *(x, h_relu, *grads, w1, w2, self.losses, self.loss), *self.sizes, self.learning_rate, self.spare
        )


class OnCublas(TwoLayer):
    def prepare(self, size, dtype):
        # Mixed precision: the products see bfloat16, the weights stay float32
        self.products = torch.bfloat16 if dtype == "bfloat16" else torch.float32
        self.x = self.x.to(self.products)
        self.no_bias = self.x.new_zeros(size.hidden)
        self.losses = self.y.new_empty(triton.cdiv(self.y.numel(), BLOCK.value))

    def launch(self):
        # Forward pass: compute predicted y, (N, D_out); cuBLAS applies the ReLU to h on its way to memory
        w1, w2 = self.w1.to(self.products), self.w2.to(self.products)
        h_relu = torch._addmm_activation(self.no_bias, self.x, w1)
        y_pred = h_relu.mm(w2)

        # Compute the loss, and backprop as far as h
        parts = len(self.losses)
        compare[(parts,)](y_pred, self.y, self.losses, y_pred.numel())
        grad_h = y_pred.mm(w2.t())
        mask[(triton.cdiv(grad_h.numel(), BLOCK.value),)](grad_h, h_relu, self.losses, self.loss, grad_h.numel(), parts)

        # Update weights using gradient descent
        self.descend(self.w2, h_relu, y_pred)
        self.descend(self.w1, self.x, grad_h)

    def descend(self, w, a, b):
        if w.dtype == b.dtype:
            # The gradient never exists: the product is subtracted as it is computed
            w.addmm_(a.t(), b, alpha=-self.learning_rate)
        else:
            w.add_(a.t().mm(b), alpha=-self.learning_rate)


def two_layer(problem, device):
    # Up to a quarter GFLOP or so a step takes as long as its launches, and by hand they are three. Beyond, it takes as
    # long as its products, and nobody beats cuBLAS at these by hand
    size = problem.size
    small = size.flops_per_step <= 1 << 28
    # By hand a program also goes through the whole batch in turn, and another one holds all of w2
    lanes = triton.next_power_of_2(size.hidden) * triton.next_power_of_2(size.d_out)
    by_hand = small and size.batch <= 512 and lanes <= 1 << 13
    return (ByHand if by_hand else OnCublas)(problem, device)


NETS = {"two_layer": two_layer}
