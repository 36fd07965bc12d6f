"""PyTorch, eager, on one thread, as its own tutorials write a step; the loss is read at every step."""

from itertools import cycle

import torch
from rounds import Contender
from workload import Workload, start

ACTIVATIONS = {"tanh": torch.nn.Tanh, "sigmoid": torch.nn.Sigmoid, "relu": torch.nn.ReLU}


def eager(workload: Workload) -> Contender:
    torch.set_num_threads(1)
    x, y, prepared, weights, biases = start(workload)
    inputs, targets = torch.from_numpy(x), torch.from_numpy(y)
    rows = cycle([torch.from_numpy(batch) for batch in prepared])
    modules: list[torch.nn.Module] = []
    for weight, bias in zip(weights, biases, strict=True):
        linear = torch.nn.Linear(*weight.shape)
        linear.weight.data, linear.bias.data = torch.from_numpy(weight.T.copy()), torch.from_numpy(bias)
        modules += [linear, ACTIVATIONS[workload.activation]()]
    model = torch.nn.Sequential(*modules[:-1])
    if workload.loss == "softmax_cross_entropy":
        loss_of, targets = torch.nn.CrossEntropyLoss(), targets.argmax(dim=1)
    else:
        loss_of = torch.nn.BCEWithLogitsLoss()
    choose = torch.optim.Adam if workload.optimiser == "adam" else torch.optim.SGD
    optimiser = choose(model.parameters(), lr=workload.learning_rate)

    def run(n: int) -> float:
        value = 0.0
        for _ in range(n):
            batch = next(rows)
            optimiser.zero_grad()
            loss = loss_of(model(inputs[batch]), targets[batch])
            loss.backward()
            optimiser.step()
            value = loss.item()
        return value

    return Contender(run)
