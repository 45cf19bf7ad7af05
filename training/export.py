"""export.py SRC: writes a network that `train.py` taught to where the engine finds it."""

import sys

import torch

from network import Network, write_onnx
from places import QUICK

if __name__ == "__main__":
    weights = torch.load(sys.argv[1])
    network = Network(len(weights["head.bias"]))
    network.load_state_dict(weights)
    write_onnx(network, str(QUICK))
