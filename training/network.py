"""
The quick recogniser: depthwise convolutions, each followed by one of single points, ReLU after both;
then two blocks of attention over the steps, as SVTR has them. It is the shipped PP-OCRv4 recogniser
with fewer channels, so that its weights can be begun from that one's.

It sees fewer rows than that one, 32 for 48, and as many columns: most print is no higher before it is
enlarged, and the time is that of the pixels. And it sees no colours, brightness alone.

Input: B x 1 x 32 x W, -1 to 1. Features: B x W/8 x 120. Sources: Cui et al., "PP-LCNet" (2021);
Du et al., "SVTR" (IJCAI 2022).
"""

import numpy as np
import onnx
import torch
import torch.nn as nn
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper

ROWS = 32
# Of the map that the rows of the last layer are.
LAST_ROWS = ROWS // 16
FEATURES = 120
HEADS = 8
BLOCKS = 2
SQUEEZED = 60
STEM = 16
# Kernel, stride and channels of each layer of the trunk.
LAYERS = [
    (3, (1, 1), 24),
    (3, (1, 1), 32),
    (3, (1, 1), 32),
    (3, (2, 1), 64),
    (3, (1, 1), 64),
    (3, (1, 2), 112),
    *[(5, (1, 1), 112)] * 4,
    (5, (2, 1), 192),
    (5, (1, 1), 192),
    (5, (2, 1), 192),
    (5, (1, 1), 192),
]


class Network(nn.Module):
    """Gives features; `head` makes logits of letters from them."""

    def __init__(self, letters):
        super().__init__()
        self.stem = nn.Conv2d(1, STEM, 3, 2, 1)
        self.depthwise, self.pointwise = nn.ModuleList(), nn.ModuleList()
        width = STEM
        for kernel, stride, channels in LAYERS:
            self.depthwise.append(nn.Conv2d(width, width, kernel, stride, kernel // 2, groups=width))
            self.pointwise.append(nn.Conv2d(width, channels, 1))
            width = channels
        self.n1, self.n2 = nn.Conv2d(width, SQUEEZED, (1, 3), 1, (0, 1)), nn.Conv2d(SQUEEZED, FEATURES, 1)
        several = lambda make: nn.ModuleList([make() for _ in range(BLOCKS)])
        self.norm1 = several(lambda: nn.LayerNorm(FEATURES, eps=1e-5))
        self.norm2 = several(lambda: nn.LayerNorm(FEATURES, eps=1e-5))
        self.qkv = several(lambda: nn.Linear(FEATURES, 3 * FEATURES))
        self.projection = several(lambda: nn.Linear(FEATURES, FEATURES))
        self.widen = several(lambda: nn.Linear(FEATURES, 2 * FEATURES))
        self.narrow = several(lambda: nn.Linear(2 * FEATURES, FEATURES))
        self.norm, self.n3 = nn.LayerNorm(FEATURES, eps=1e-6), nn.Conv2d(FEATURES, width, 1)
        self.n4, self.n5 = nn.Conv2d(2 * width, SQUEEZED, (1, 3), 1, (0, 1)), nn.Conv2d(SQUEEZED, FEATURES, 1)
        self.head = nn.Linear(FEATURES, letters)

    def trunk(self, x):
        x = self.stem(x)
        for depthwise, pointwise in zip(self.depthwise, self.pointwise):
            # As a product of matrices, channels last: faster to train than the convolution.
            points = F.relu_(depthwise(x)).permute(0, 2, 3, 1)
            x = F.relu_(F.linear(points, pointwise.weight[:, :, 0, 0], pointwise.bias)).permute(0, 3, 1, 2)
        return F.avg_pool2d(x, (LAST_ROWS, 2), (LAST_ROWS, 2))

    def attend(self, pooled):
        """What comes in front of the last fusion: B x channels x 1 x steps."""
        z = F.silu(self.n2(F.silu(self.n1(pooled))))[:, :, 0].transpose(1, 2)
        batch, steps, _ = z.shape
        for i in range(BLOCKS):
            heads = self.qkv[i](self.norm1[i](z)).view(batch, steps, 3, HEADS, FEATURES // HEADS)
            q, k, v = heads.permute(2, 0, 3, 1, 4)
            weights = ((q * (FEATURES // HEADS) ** -0.5) @ k.transpose(-1, -2)).softmax(-1)
            z = z + self.projection[i]((weights @ v).transpose(1, 2).reshape(batch, steps, FEATURES))
            z = z + self.narrow[i](F.silu(self.widen[i](self.norm2[i](z))))
        return F.silu(self.n3(self.norm(z).transpose(1, 2)[:, :, None]))

    def forward(self, x):
        pooled = self.trunk(x)
        fused = torch.cat([pooled, self.attend(pooled)], 1)
        return F.silu(self.n5(F.silu(self.n4(fused))))[:, :, 0].transpose(1, 2)


class _Writer:
    """Nodes and constants of an ONNX graph; weights in halves, which the engine widens."""

    def __init__(self):
        self.nodes, self.constants = [], []

    def node(self, op, inputs, output, **attributes):
        self.nodes.append(helper.make_node(op, inputs, [output], **attributes))
        return output

    def integers(self, name, values):
        self.constants.append(numpy_helper.from_array(np.array(values, np.int64), name))

    def weights(self, name, tensor):
        values = tensor.detach().numpy()
        if values.size <= 64:
            self.constants.append(numpy_helper.from_array(values.astype(np.float32), name))
            return name
        self.constants.append(numpy_helper.from_array(values.astype(np.float16), f"{name}_h"))
        return self.node("Cast", [f"{name}_h"], name, to=TensorProto.FLOAT)

    def conv(self, layer, x, name):
        (top, left), inputs = layer.padding, [x, self.weights(f"{name}.w", layer.weight), self.weights(f"{name}.b", layer.bias)]
        kernel, strides = list(layer.kernel_size), list(layer.stride)
        pads = [top, left, top, left]
        return self.node("Conv", inputs, name, kernel_shape=kernel, strides=strides, pads=pads, group=layer.groups)

    def silu(self, x):
        return self.node("Mul", [x, self.node("Sigmoid", [x], f"{x}.s")], f"{x}.y")

    def linear(self, layer, x, name):
        product = self.node("MatMul", [x, self.weights(f"{name}.w", layer.weight.t().contiguous())], f"{name}.m")
        return self.node("Add", [product, self.weights(f"{name}.b", layer.bias)], name)

    def norm(self, layer, x, name):
        inputs = [x, self.weights(f"{name}.w", layer.weight), self.weights(f"{name}.b", layer.bias)]
        return self.node("LayerNormalization", inputs, name, axis=-1, epsilon=layer.eps)

    def attention(self, network, z, i):
        qkv = self.linear(network.qkv[i], self.norm(network.norm1[i], z, f"l{i}a"), f"qkv{i}")
        self.nodes.append(helper.make_node("Split", [qkv, "split"], [f"q{i}", f"k{i}", f"v{i}"], axis=2))
        turned = {}
        for part, perm in (("q", [0, 2, 1, 3]), ("k", [0, 2, 3, 1]), ("v", [0, 2, 1, 3])):
            parted = self.node("Reshape", [f"{part}{i}", "parted"], f"{part}{i}.h")
            turned[part] = self.node("Transpose", [parted], f"{part}{i}.t", perm=perm)
        likeness = self.node("MatMul", [turned["q"], turned["k"]], f"a{i}")
        scale = self.weights(f"scale{i}", torch.tensor((FEATURES // HEADS) ** -0.5))
        weights = self.node("Softmax", [self.node("Mul", [likeness, scale], f"a{i}.s")], f"a{i}.p", axis=-1)
        mixed = self.node("Transpose", [self.node("MatMul", [weights, turned["v"]], f"y{i}")], f"y{i}.t", perm=[0, 2, 1, 3])
        joined = self.node("Reshape", [mixed, "joined"], f"y{i}.j")
        return self.node("Add", [z, self.linear(network.projection[i], joined, f"proj{i}")], f"z{i}a")

    def block(self, network, z, i):
        z = self.attention(network, z, i)
        wide = self.silu(self.linear(network.widen[i], self.norm(network.norm2[i], z, f"l{i}b"), f"f1{i}"))
        return self.node("Add", [z, self.linear(network.narrow[i], wide, f"f2{i}")], f"z{i}b")


def write_onnx(network, path):
    """One output, the probabilities of the letters: 1 x steps x letters."""
    out = _Writer()
    x = out.conv(network.stem, "x", "stem")
    for i, (depthwise, pointwise) in enumerate(zip(network.depthwise, network.pointwise)):
        x = out.node("Relu", [out.conv(depthwise, x, f"dw{i}")], f"dw{i}.r")
        x = out.node("Relu", [out.conv(pointwise, x, f"pw{i}")], f"pw{i}.r")
    pooled = out.node("AveragePool", [x], "pool", kernel_shape=[LAST_ROWS, 2], strides=[LAST_ROWS, 2])
    z = out.silu(out.conv(network.n2, out.silu(out.conv(network.n1, pooled, "n1")), "n2"))
    out.integers("two", [2])
    out.integers("split", [FEATURES] * 3)
    out.integers("parted", [0, 0, HEADS, FEATURES // HEADS])
    out.integers("joined", [0, 0, FEATURES])
    z = out.node("Transpose", [out.node("Squeeze", [z, "two"], "flat")], "steps", perm=[0, 2, 1])
    for i in range(BLOCKS):
        z = out.block(network, z, i)
    turned = out.node("Transpose", [out.norm(network.norm, z, "ln")], "ln.t", perm=[0, 2, 1])
    z = out.silu(out.conv(network.n3, out.node("Unsqueeze", [turned, "two"], "map"), "n3"))
    fused = out.node("Concat", [pooled, z], "both", axis=1)
    z = out.silu(out.conv(network.n5, out.silu(out.conv(network.n4, fused, "n4")), "n5"))
    features = out.node("Transpose", [out.node("Squeeze", [z, "two"], "n5.f")], "features", perm=[0, 2, 1])
    out.node("Softmax", [out.linear(network.head, features, "logits")], "probabilities", axis=-1)
    value = lambda name, shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
    outputs = [value("probabilities", [1, "steps", network.head.out_features])]
    graph = helper.make_graph(out.nodes, "quick", [value("x", [1, 1, ROWS, "width"])], outputs, out.constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    onnx.save(model, path)


def read_onnx(path):
    """The network of a file that `write_onnx` wrote, to be taught on."""
    values = {}
    for constant in onnx.load(path).graph.initializer:
        values[constant.name.removesuffix("_h")] = torch.tensor(numpy_helper.to_array(constant).astype(np.float32))
    network = Network(len(values["logits.b"]))
    layers = {"stem": network.stem, "ln": network.norm, "logits": network.head}
    layers |= {f"n{i}": getattr(network, f"n{i}") for i in range(1, 6)}
    for i in range(len(LAYERS)):
        layers |= {f"dw{i}": network.depthwise[i], f"pw{i}": network.pointwise[i]}
    for i in range(BLOCKS):
        layers |= {f"l{i}a": network.norm1[i], f"l{i}b": network.norm2[i], f"qkv{i}": network.qkv[i]}
        layers |= {f"proj{i}": network.projection[i], f"f1{i}": network.widen[i], f"f2{i}": network.narrow[i]}
    with torch.no_grad():
        for name, layer in layers.items():
            weight = values[f"{name}.w"]
            layer.weight.copy_(weight.t() if isinstance(layer, nn.Linear) else weight)
            layer.bias.copy_(values[f"{name}.b"])
    return network
