"""
train.py SRC OUT MINUTES [RATE]: teaches a network that `prune.py` or this wrote, or a `.onnx` file.
It sees worn lines, and is to see in them what the teacher sees in clean ones. In the last part of the
time large layers are rounded to eight bits, for the engine rounds them, too.

Each tensor moves by a share of its own size (root mean square): they differ by a hundred times. The
rate falls to nothing by a cosine; what is written is the mean of the last weights.

Sources: Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network" (2015); Xie et al.,
"Self-training with Noisy Student" (CVPR 2020); You et al., "LAMB" (ICLR 2020); Jacob et al. (CVPR 2018).
"""

import math
import os
import random
import sys
import time

import numpy as np
import torch
import torch.distributed as distributed
import torch.multiprocessing as processes
import torch.nn.functional as F

from lines import Lines, batch
from network import ROWS, Network, read_onnx
from teacher import Teacher

# One thread each: faster than one process of two threads.
PROCESSES = 2
COLUMNS = 2400
WORN = 0.55
ROUNDED_FROM = 0.7
# Steps without a letter are many, and easy.
BLANK_WEIGHT = 0.5
FEATURE_WEIGHT = 0.15
STEEPEST = 2.0
MOMENTUM, SPREAD, MEAN = 0.9, 0.98, 0.998
LEAST_SIZE = 1e-2
SAVE_EVERY = 240


class Adam:
    """With a rate relative to each tensor's size, and the mean of the weights on the side."""

    def __init__(self, parameters):
        self.parameters, self.step = list(parameters), 0
        self.first = [torch.zeros_like(one) for one in self.parameters]
        self.second = [torch.zeros_like(one) for one in self.parameters]
        self.means = [one.detach().clone() for one in self.parameters]

    @torch.no_grad()
    def move(self, rate):
        """By the gradients of all processes."""
        gradients = torch.cat([one.grad.reshape(-1) for one in self.parameters])
        distributed.all_reduce(gradients)
        gradients /= PROCESSES
        gradients *= min(1.0, STEEPEST / float(gradients.norm() + 1e-6))
        self.step += 1
        start = 0
        for one, first, second, mean in zip(self.parameters, self.first, self.second, self.means):
            gradient = gradients[start : start + one.numel()].view(one.shape)
            start += one.numel()
            first.mul_(MOMENTUM).add_(gradient, alpha=1 - MOMENTUM)
            second.mul_(SPREAD).addcmul_(gradient, gradient, value=1 - SPREAD)
            spread = (second / (1 - SPREAD**self.step)).sqrt() + 1e-8
            size = max(float(one.pow(2).mean().sqrt()), LEAST_SIZE)
            one.addcdiv_(first / (1 - MOMENTUM**self.step), spread, value=-rate * size)
            one.grad = None
            mean.lerp_(one, 1 - min(MEAN, self.step / (self.step + 30)))


class Rounded:
    """While it lasts, the layers for which the engine uses integers have rounded weights."""

    def __init__(self, network):
        self.weights = []
        for layer in network.pointwise:
            outputs, inputs = layer.weight.shape[:2]
            if outputs * inputs / (outputs + inputs) >= 60:
                self.weights.append(layer.weight)

    def __enter__(self):
        self.exact = [weight.data for weight in self.weights]
        for weight in self.weights:
            scale = weight.data.abs().amax((1, 2, 3), keepdim=True) / 127
            weight.data = (weight.data / scale).round() * scale

    def __exit__(self, *_):
        for weight, exact in zip(self.weights, self.exact):
            weight.data = exact


def lowered(pictures):
    """To the rows that the quick recogniser sees, as smooth or as rough as one gets them from a page."""
    size = (ROWS, pictures.shape[3])
    way = random.random()
    if way < 0.3:
        return F.interpolate(pictures, size, mode="area")
    return F.interpolate(pictures, size, mode="bilinear", antialias=way < 0.65)


def losses(network, teacher, lines):
    """@returns the loss, the divergence of the letters, and the share of letters that are the teacher's."""
    pictures, wanted, known = map(torch.tensor, batch(lines, COLUMNS, WORN))
    pictures = lowered(pictures).contiguous(memory_format=torch.channels_last)
    features = network(pictures)[:, : wanted.shape[1]]
    weight, bias = teacher.head
    right = (wanted @ weight.T + bias).softmax(-1)
    found = network.head(features).log_softmax(-1)
    is_letter = right[..., 0] < 0.9
    counts = known * torch.where(is_letter, 1.0, BLANK_WEIGHT)
    divergence = ((right * (right.clamp_min(1e-6).log() - found)).sum(-1) * counts).sum() / counts.sum()
    distance = ((features - wanted).pow(2).mean(-1) * known).sum() / known.sum()
    letters = is_letter & (known > 0)
    agreement = (found.argmax(-1) == right.argmax(-1))[letters].float().mean()
    return divergence + FEATURE_WEIGHT * distance, float(divergence.detach()), float(agreement)


def load(path, letters):
    if path.endswith(".onnx"):
        return read_onnx(path)
    network = Network(letters)
    network.load_state_dict(torch.load(path))
    return network


def save(network, means, path):
    """The means in place of the weights."""
    weights = {name: mean for (name, _), mean in zip(network.named_parameters(), means)}
    torch.save(weights, f"{path}.part")
    os.replace(f"{path}.part", path)


def part_done(start, minutes):
    """0 to 1, the same in all processes."""
    seconds = torch.tensor([time.time() - start])
    distributed.broadcast(seconds, 0)
    return float(seconds) / 60 / minutes


def teach(rank, source, out, minutes, rate):
    os.environ |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "29511"}
    distributed.init_process_group("gloo", rank=rank, world_size=PROCESSES)
    torch.set_num_threads(1)
    random.seed(time.time_ns() + rank)
    np.random.seed(time.time_ns() % 2**31 + rank)
    teacher, lines = Teacher(), Lines()
    network = load(source, len(teacher.letters)).to(memory_format=torch.channels_last)
    adam, rounded = Adam(network.parameters()), Rounded(network)
    start = saved = said = time.time()
    seen = []
    while (part := part_done(start, minutes)) < 1:
        if part > ROUNDED_FROM:
            with rounded:
                loss, *figures = losses(network, teacher, lines)
                loss.backward()
        else:
            loss, *figures = losses(network, teacher, lines)
            loss.backward()
        warm = min(1, (adam.step + 1) / 100)
        adam.move(rate * warm * (0.5 + 0.5 * math.cos(math.pi * part)))
        seen.append(figures)
        if rank == 0 and time.time() - said > 60:
            divergence, agreement = np.nanmean(seen, 0)
            print(f"{part:.0%} step {adam.step}: divergence {divergence:.4f}, letters {agreement:.4f}", flush=True)
            said, seen = time.time(), []
        if rank == 0 and time.time() - saved > SAVE_EVERY:
            save(network, adam.means, out)
            saved = time.time()
    if rank == 0:
        save(network, adam.means, out)
    distributed.barrier()


if __name__ == "__main__":
    source, out, minutes = sys.argv[1:4]
    rate = float(sys.argv[4]) if len(sys.argv) > 4 else 3e-3
    processes.spawn(teach, (source, out, float(minutes), rate), PROCESSES)
