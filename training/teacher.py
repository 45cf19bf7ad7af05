"""The shipped PP-OCRv4 recogniser in PyTorch, layer by layer. Its weights come from the ONNX file."""

import json

import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper

from network import BLOCKS, FEATURES, HEADS
from places import DATA, TEACHER, TEACHER_DICTIONARY


class _File:
    def __init__(self, path):
        graph = onnx.load(path).graph
        self.values = {one.name: torch.tensor(numpy_helper.to_array(one).copy()) for one in graph.initializer}
        for node in graph.node:
            if node.op_type == "Constant":
                self.values[node.output[0]] = torch.tensor(numpy_helper.to_array(node.attribute[0].t).copy())
        self.convolutions = [node for node in graph.node if node.op_type == "Conv"]
        self.consumers = {}
        for node in graph.node:
            for name in node.input:
                self.consumers.setdefault(name, []).append(node)

    def consumer(self, name, op):
        return next(node for node in self.consumers[name] if node.op_type == op)

    def number(self, node):
        """The scalar that a node adds or multiplies by."""
        return float(next(self.values[name] for name in node.input if name in self.values).reshape(-1)[0])


class Convolution:
    """With what follows it: a batch norm, folded into it, or factor and addend before and after a hard swish."""

    def __init__(self, file, node, is_normed=False):
        attributes = {one.name: one for one in node.attribute}
        self.strides = list(attributes["strides"].ints)
        self.padding = list(attributes["pads"].ints)[:2]
        self.groups = attributes["group"].i
        self.weight = file.values[node.input[1]]
        if is_normed:
            norm = file.consumer(node.output[0], "BatchNormalization")
            gain, bias, mean, variance = (file.values[name] for name in norm.input[1:])
            gain = gain / (variance + 1e-5).sqrt()
            self.weight, self.bias = self.weight * gain[:, None, None, None], bias - mean * gain
        else:
            self.bias = file.values[node.input[2]]

    def __call__(self, x):
        return F.conv2d(x, self.weight, self.bias, self.strides, self.padding, 1, self.groups)


class Layer:
    """A convolution, then `hardswish(x * before[0] + before[1]) * after[0] + after[1]`."""

    def __init__(self, file, node):
        self.convolution = Convolution(file, node)
        factor = file.consumer(node.output[0], "Mul")
        addend = file.consumers[factor.output[0]][0]
        self.before = file.number(factor), file.number(addend)
        swish = file.consumer(addend.output[0], "Mul")
        factor = file.consumers[file.consumers[swish.output[0]][0].output[0]][0]
        self.after = file.number(factor), file.number(file.consumers[factor.output[0]][0])

    def inner(self, x):
        """What the hard swish sees."""
        return self.convolution(x) * self.before[0] + self.before[1]

    def outer(self, inner):
        return F.hardswish(inner) * self.after[0] + self.after[1]


class Teacher:
    def __init__(self):
        file = _File(TEACHER)
        nodes = iter(file.convolutions)
        self.stem = Convolution(file, next(nodes), True)
        # Of each layer: depthwise, gate over the channels or None, pointwise.
        self.layers = []
        for _ in range(14):
            depthwise, node, gate = Layer(file, next(nodes)), next(nodes), None
            if "GlobalAveragePool" in node.input[0]:
                gate, node = (Convolution(file, node), Convolution(file, next(nodes))), next(nodes)
            self.layers.append((depthwise, gate, Layer(file, node)))
        self.neck = [Convolution(file, next(nodes), True) for _ in range(5)]
        pair = lambda kind, index: (file.values[f"{kind}_{index}.w_0"], file.values[f"{kind}_{index}.b_0"])
        self.linear = [pair("linear", index) for index in range(77, 86)]
        self.norms = [pair("layer_norm", index) for index in range(43, 48)]
        self.letters = json.loads((DATA / "letters.json").read_text())
        classes = _classes_of(self.letters)
        weight, bias = self.linear[8]
        self.head = weight[:, classes].t().contiguous(), bias[classes].contiguous()

    def norm(self, x, index):
        weight, bias = self.norms[index]
        return F.layer_norm(x, (FEATURES,), weight, bias, 1e-6 if index == 2 * BLOCKS else 1e-5)

    def apply(self, x, index):
        weight, bias = self.linear[index]
        return x @ weight + bias

    def watch(self, x):
        """What is seen of x on the way: {"inner": [(depthwise, pointwise)], "outer", "n1", "n3", "n4"}."""
        seen = {"inner": [], "outer": []}
        x = self.stem(x)
        for depthwise, gate, pointwise in self.layers:
            first = depthwise.inner(x)
            x = depthwise.outer(first)
            if gate:
                x = x * F.hardsigmoid(gate[1](F.relu(gate[0](x.mean((2, 3), keepdim=True)))))
            second = pointwise.inner(x)
            x = pointwise.outer(second)
            seen["inner"].append((first, second))
            seen["outer"].append(x)
        n1, n2, n3, n4, _ = self.neck
        pooled = F.avg_pool2d(x, (3, 2), (3, 2))
        seen["n1"] = n1(pooled)
        seen["n3"] = F.silu(n3(self._attend(F.silu(n2(F.silu(seen["n1"]))))))
        seen["n4"] = n4(torch.cat([pooled, seen["n3"]], 1))
        return seen

    def _attend(self, z):
        z = z[:, :, 0].transpose(1, 2)
        batch, steps, _ = z.shape
        for i in range(BLOCKS):
            heads = self.apply(self.norm(z, 2 * i), 4 * i).view(batch, steps, 3, HEADS, FEATURES // HEADS)
            q, k, v = heads.permute(2, 0, 3, 1, 4)
            weights = ((q * (FEATURES // HEADS) ** -0.5) @ k.transpose(-1, -2)).softmax(-1)
            z = z + self.apply((weights @ v).transpose(1, 2).reshape(batch, steps, FEATURES), 4 * i + 1)
            z = z + self.apply(F.silu(self.apply(self.norm(z, 2 * i + 1), 4 * i + 2)), 4 * i + 3)
        return self.norm(z, 2 * BLOCKS).transpose(1, 2)[:, :, None]


def _classes_of(letters):
    """Their places among all classes; letters keep the dictionary's order, in which some stand twice."""
    characters = ["", *TEACHER_DICTIONARY.read_text(encoding="utf8").removesuffix("\n").split("\n"), " "]
    classes, place = [], 0
    for letter in letters:
        place = characters.index(letter, place)
        classes.append(place)
        place += 1
    return classes
