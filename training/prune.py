"""
prune.py OUT: the first weights of the quick recogniser, from the shipped one's. Channels are chosen
one after the other, by what the next layer makes of them and what those before do not explain; then
each layer is fitted by least squares to what the teacher's layer gives there, from what the narrower
layers before really give. Hard swish is bent into ReLU by a shift and a factor of each channel. All
that is done with as many rows as the shipped one sees; `train.py` takes them away.

Source: He, Zhang and Sun, "Channel Pruning for Accelerating Very Deep Neural Networks" (ICCV 2017).
"""

import random
import sys

import numpy as np
import torch
import torch.nn.functional as F

from lines import Lines, batch
from network import LAYERS, STEM, Network
from teacher import Teacher

BATCHES = 36
COLUMNS = 1600
POINTS = 12000
SHIFTS = [-1, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1, 1.5, 2]


def points(maps):
    """channels x POINTS: the same random places, whichever maps of a size these are."""
    flat = torch.cat([one.transpose(0, 1).flatten(1) for one in maps], 1)
    order = torch.randperm(flat.shape[1], generator=torch.Generator().manual_seed(flat.shape[1]))
    return flat[:, order[:POINTS]]


def bend(inner, outer):
    """Of each channel shift, factor, addend: outer is about factor * relu(inner + shift) + addend."""
    count = len(inner)
    best, shift, factor, addend = torch.full((count,), -2.0), torch.zeros(count), torch.zeros(count), torch.zeros(count)
    wanted = outer - outer.mean(1, keepdim=True)
    for candidate in SHIFTS:
        bent = F.relu(inner + candidate)
        centred = bent - bent.mean(1, keepdim=True)
        product = (centred * wanted).sum(1)
        likeness = product / (centred.norm(dim=1) * wanted.norm(dim=1) + 1e-9)
        slope = product / (centred.pow(2).sum(1) + 1e-9)
        better = (likeness > best) & (slope > 0)
        best = torch.where(better, likeness, best)
        shift = torch.where(better, float(candidate), shift)
        factor = torch.where(better, slope, factor)
        addend = torch.where(better, outer.mean(1) - slope * bent.mean(1), addend)
    return shift, factor, addend


def fit(seen, wanted, weights=None, strictness=1e-3):
    """Ridge regression: outputs x inputs, and the bias. `weights`, outputs x points, say what counts."""
    count = seen.shape[1]
    rows = torch.cat([seen, torch.ones(1, count)]).double()
    powers = torch.cat([rows[:-1].pow(2).mean(1), torch.zeros(1, dtype=torch.double)])
    penalty = torch.diag(powers) * count * strictness + torch.eye(len(rows)) * 1e-9
    wanted = wanted.double()
    if weights is None:
        solved = torch.linalg.solve(rows @ rows.T + penalty, rows @ wanted.T).T
    else:
        weighed = [rows * one.double() for one in weights]
        solved = torch.stack([torch.linalg.solve(a @ rows.T + penalty, a @ y) for a, y in zip(weighed, wanted)])
    return solved[:, :-1].float(), solved[:, -1].float()


def choose(outer, importance, count):
    """Channels that matter, and are not explained by those chosen before."""
    centred = outer - outer.mean(1, keepdim=True)
    rest = centred / (centred.norm(dim=1, keepdim=True) + 1e-9) * importance[:, None]
    chosen = []
    for _ in range(count):
        value = rest.pow(2).sum(1) + 0.3 * importance.pow(2)
        value[chosen] = -1
        best = int(value.argmax())
        chosen.append(best)
        direction = rest[best] / (rest[best].norm() + 1e-9)
        rest = rest - 0.95 * (rest @ direction)[:, None] * direction
    return torch.tensor(sorted(chosen))


def importance_of(teacher, index, views, outer):
    """How much what comes next makes of each channel of a layer."""
    if index + 1 < len(LAYERS):
        following = teacher.layers[index + 1][2].convolution.weight
        return points([view["inner"][index + 1][0] for view in views]).std(1) * following.flatten(1).norm(dim=0)
    n1, _, _, n4, _ = teacher.neck
    used = n1.weight.pow(2).sum((0, 2, 3)) + n4.weight[:, : len(outer)].pow(2).sum((0, 2, 3))
    return outer.std(1) * used.sqrt()


def prune_trunk(teacher, network, pictures, views):
    """@returns what the trunk gives for each picture."""
    network.stem.weight.copy_(teacher.stem.weight[:STEM].sum(1, keepdim=True))
    network.stem.bias.copy_(teacher.stem.bias[:STEM])
    maps = [network.stem(one) for one in pictures]
    chosen, lost = torch.arange(STEM), torch.zeros(STEM)
    for index, (_, _, channels) in enumerate(LAYERS):
        depthwise, _, pointwise = teacher.layers[index]
        weight = depthwise.convolution.weight[chosen]
        inner = points([view["inner"][index][0][:, chosen] for view in views])
        shift, _, _ = bend(inner, F.hardswish(inner))
        bias = depthwise.convolution.bias[chosen] + weight.sum((1, 2, 3)) * lost
        network.depthwise[index].weight.copy_(weight * depthwise.before[0])
        network.depthwise[index].bias.copy_(bias * depthwise.before[0] + depthwise.before[1] + shift)
        maps = [F.relu(network.depthwise[index](one)) for one in maps]
        inner = points([view["inner"][index][1] for view in views])
        outer = points([view["outer"][index] for view in views])
        shift, factor, addend = bend(inner, outer)
        importance = importance_of(teacher, index, views, outer) * (factor > 0)
        chosen = choose(outer, importance, channels)
        moved = inner[chosen] + shift[chosen, None]
        # What ReLU cuts off need not be met.
        counts = torch.where(moved > -0.7, 1.0, 0.12)
        weight, bias = fit(points(maps), moved * factor[chosen, None], counts)
        network.pointwise[index].weight.copy_(weight[:, :, None, None])
        network.pointwise[index].bias.copy_(bias)
        maps = [F.relu(network.pointwise[index](one)) for one in maps]
        lost = addend[chosen]
        left = (points(maps) + lost[:, None] - outer[chosen]).pow(2).sum()
        all_of_it = (outer[chosen] - outer[chosen].mean(1, keepdim=True)).pow(2).sum()
        print(f"layer {index}: {channels} channels, {float(1 - left / all_of_it):.3f} of the variance", flush=True)
    return maps


def fit_fusion(layer, seen, wanted):
    """A convolution over three steps."""
    unfolded = [torch.cat([F.pad(one, (1, 1))[..., k : k + one.shape[-1]] for k in range(3)], 1) for one in seen]
    weight, bias = fit(points(unfolded), points(wanted), strictness=3e-3)
    layer.weight.copy_(weight.view(len(bias), 3, -1).permute(0, 2, 1)[:, :, None])
    layer.bias.copy_(bias)


def prune_neck(teacher, network, pooled, views):
    _, n2, n3, n4, n5 = teacher.neck
    fit_fusion(network.n1, pooled, [view["n1"] for view in views])
    for layer, known in ((network.n2, n2), (network.n5, n5)):
        layer.weight.copy_(known.weight)
        layer.bias.copy_(known.bias)
    for i, blocks in enumerate(zip(network.qkv, network.projection, network.widen, network.narrow)):
        for layer, (weight, bias) in zip(blocks, teacher.linear[4 * i : 4 * i + 4]):
            layer.weight.copy_(weight.T)
            layer.bias.copy_(bias)
    norms = [network.norm1[0], network.norm2[0], network.norm1[1], network.norm2[1], network.norm]
    for layer, (weight, bias) in zip(norms, teacher.norms):
        layer.weight.copy_(weight)
        layer.bias.copy_(bias)
    spread = points([view["n3"] for view in views]).std(1)
    width = LAYERS[-1][2]
    used = n4.weight[:, -len(spread) :].pow(2).sum((0, 2, 3)).sqrt()
    top = (spread * used).topk(width).indices.sort().values
    network.n3.weight.copy_(n3.weight[top])
    network.n3.bias.copy_(n3.bias[top])
    fused = [torch.cat([one, network.attend(one)], 1) for one in pooled]
    fit_fusion(network.n4, fused, [view["n4"] for view in views])
    network.head.weight.copy_(teacher.head[0])
    network.head.bias.copy_(teacher.head[1])


@torch.no_grad()
def main(out):
    torch.set_num_threads(1)
    random.seed(7)
    np.random.seed(7)
    teacher = Teacher()
    network = Network(len(teacher.letters))
    lines = Lines()
    pictures = [torch.tensor(batch(lines, COLUMNS, 0.5)[0]) for _ in range(BATCHES)]
    views = [teacher.watch(one.expand(-1, 3, -1, -1)) for one in pictures]
    maps = prune_trunk(teacher, network, pictures, views)
    prune_neck(teacher, network, [F.avg_pool2d(one, (3, 2), (3, 2)) for one in maps], views)
    torch.save(network.state_dict(), out)


if __name__ == "__main__":
    main(sys.argv[1])
