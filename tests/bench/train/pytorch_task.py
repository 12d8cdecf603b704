"""The same steps in PyTorch, eager: the network of centernet_nano.cpp, its loss, AdamW and the moving average.

`pytorch_task.py FOLDER STEPS THREADS` loads start.pt and batches.pt and prints {"seconds": per step, "losses": [...]}.
PyTorch gets what makes it quick here: channels-last pictures, the fused AdamW, and _foreach_ for the average.
"""

import json
import sys
import time

import torch
import torch.nn.functional as functional
from torch import nn

FIRST_STEPS = 5
LEARNING_RATE, WEIGHT_DECAY, AVERAGE_DECAY = 0.002, 0.0001, 0.998


class ConvNorm(nn.Module):
    def __init__(self, before, after, kernel, stride=1, relu=True):
        super().__init__()
        self.conv = nn.Conv2d(before, after, kernel, stride, kernel // 2, bias=False)
        self.norm = nn.BatchNorm2d(after)
        self.relu = relu

    def forward(self, x):
        y = self.norm(self.conv(x))
        return y.relu_() if self.relu else y


class Residual(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.first = ConvNorm(channels, channels, 3)
        self.second = ConvNorm(channels, channels, 3, relu=False)

    def forward(self, x):
        return self.second(self.first(x)).add_(x).relu_()


class CenterNetNano(nn.Module):
    def __init__(self, width, categories):
        super().__init__()
        conv = lambda before, after, bias: nn.Conv2d(before, after, 1, bias=bias)
        self.stride4 = nn.Sequential(ConvNorm(3, width // 2, 3, 2), ConvNorm(width // 2, width, 3, 2), Residual(width))
        self.stride8 = nn.Sequential(ConvNorm(width, 2 * width, 3, 2), Residual(2 * width))
        self.stride16 = nn.Sequential(ConvNorm(2 * width, 4 * width, 3, 2), Residual(4 * width))
        self.down_to_8 = nn.Sequential(ConvNorm(4 * width, 2 * width, 1, relu=False))
        self.lateral_8 = conv(2 * width, 2 * width, False)
        self.join_8 = nn.Sequential(ConvNorm(2 * width, 2 * width, 3))
        self.down_to_4 = nn.Sequential(ConvNorm(2 * width, width, 1, relu=False))
        self.lateral_4 = conv(width, width, False)
        self.join_4 = nn.Sequential(ConvNorm(width, 2 * width, 3))
        self.heatmap = conv(2 * width, categories, True)
        self.regression = conv(2 * width, 4, True)

    def forward(self, pixels):
        larger = lambda x: functional.interpolate(x, scale_factor=2, mode="nearest")
        at_4 = self.stride4(pixels.sub(0.5).div_(0.25))
        at_8 = self.stride8(at_4)
        at_16 = self.stride16(at_8)
        joined_8 = self.join_8(larger(self.down_to_8(at_16)).add_(self.lateral_8(at_8)).relu_())
        joined_4 = self.join_4(larger(self.down_to_4(joined_8)).add_(self.lateral_4(at_4)).relu_())
        return self.heatmap(joined_4), self.regression(joined_4)


def loss_of(heatmap, regression, batch):
    target = torch.zeros(heatmap.shape[0] * heatmap.shape[1], *heatmap.shape[2:])
    target.index_copy_(0, batch["plane_index"], batch["planes"])
    logits = heatmap.contiguous()
    target = target.view_as(logits)
    probability, log_yes = torch.sigmoid(logits), functional.logsigmoid(logits)
    log_no = log_yes - logits
    at_center = (1 - probability).square() * log_yes
    elsewhere = (1 - target).square().square() * batch["weight"] * probability.square() * log_no
    share = 1 / max(1, len(batch["centers"]))
    predicted = regression.permute(0, 2, 3, 1).reshape(-1, 4).index_select(0, batch["centers"])
    size = (predicted[:, :2] - batch["sizes"]).abs().sum() * share
    offset = (predicted[:, 2:] - batch["offsets"]).abs().sum() * share
    return -torch.where(target == 1, at_center, elsewhere).sum() * share + 0.1 * size + offset


class Trainer:
    def __init__(self, saved):
        width, categories = saved["stride4.2.first.conv.weight"].shape[0], saved["heatmap.bias"].shape[0]
        self.network, self.average = CenterNetNano(width, categories), CenterNetNano(width, categories)
        for network in (self.network, self.average):
            network.load_state_dict(saved)
        self.average.eval()
        decays = lambda p: p.dim() > 1
        groups = [{"params": [p for p in self.network.parameters() if decays(p)], "weight_decay": WEIGHT_DECAY},
                  {"params": [p for p in self.network.parameters() if not decays(p)], "weight_decay": 0}]
        self.optimizer = torch.optim.AdamW(groups, lr=LEARNING_RATE, fused=True)
        self.steps = 0

    def step(self, batch):
        pixels = batch["pixels"].permute(0, 3, 1, 2).to(torch.float).div_(255)
        loss = loss_of(*self.network(pixels), batch)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        with torch.no_grad():
            self.update_average()
        return loss.detach()

    def update_average(self):
        self.steps += 1
        keep = min(AVERAGE_DECAY, (1 + self.steps) / (10 + self.steps))
        pairs = [(a, b) for a, b in zip(self.average.state_dict().values(), self.network.state_dict().values())]
        torch._foreach_lerp_([a for a, _ in pairs if a.is_floating_point()],
                             [b for _, b in pairs if b.is_floating_point()], 1 - keep)


def load_batches(file, side):
    batches = []
    for _, saved in sorted((k, v) for k, v in torch.load(file, weights_only=False).items() if k.startswith("batch")):
        batch = dict(saved)
        grid = side // 4
        batch["pixels"] = batch["pixels"].view(-1, side, side, 3)
        batch["planes"] = batch["planes"].view(-1, grid, grid)
        batch["weight"] = batch["weight"].view(-1, 1, grid, grid)
        batch["sizes"], batch["offsets"] = batch["sizes"].view(-1, 2), batch["offsets"].view(-1, 2)
        batches.append(batch)
    return batches


def main(folder, steps, threads):
    torch.set_num_threads(int(threads))
    torch.set_flush_denormal(True)
    trainer = Trainer(dict(torch.load(f"{folder}/start.pt", weights_only=False)["model"]))
    batches = load_batches(f"{folder}/batches.pt", 128)
    losses = [float(trainer.step(batches[i % len(batches)])) for i in range(FIRST_STEPS)]
    begin = time.perf_counter()
    for i in range(int(steps)):
        trainer.step(batches[i % len(batches)])
    print(json.dumps({"seconds": (time.perf_counter() - begin) / int(steps), "losses": losses}))


main(*sys.argv[1:])
