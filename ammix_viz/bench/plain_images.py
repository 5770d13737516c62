"""What a person would write first for images: a data loader, autograd, and nothing measured."""

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from ammix_viz.datasets.table import load_dataset
from ammix_viz.settings.recipe import Recipe

WORKERS = 2


class Samples(Dataset):
    """Standardised images (C, H, W) and their labels."""

    def __init__(self, images: Tensor, labels: Tensor, mean: Tensor, std: Tensor) -> None:
        self.images, self.labels, self.mean, self.std = images, labels, mean, std

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        image = (self.images[index].float() - self.mean) / self.std
        return image.permute(2, 0, 1).contiguous(), self.labels[index]


def train(recipe: Recipe, device: str = "cpu") -> nn.Module:
    """Train CNN-Vis2D by cross entropy the usual way, on every core or a GPU, and return it."""
    found = load_dataset(recipe)
    images, labels = torch.from_numpy(found.train), torch.from_numpy(found.train_labels)
    mean, std = (torch.from_numpy(each).float() for each in (found.mean, found.std))
    loader = DataLoader(
        Samples(images, labels, mean, std), recipe.batch_size, shuffle=True, num_workers=WORKERS
    )
    _, height, width, channels = images.shape
    module = network((channels, height, width), len(found.class_names)).to(device)
    optimiser = torch.optim.SGD(module.parameters(), lr=recipe.lr, momentum=0.9, weight_decay=5e-4)
    losses = []
    for _ in range(recipe.epochs):
        for rows, classes in loader:
            optimiser.zero_grad()
            loss = nn.functional.cross_entropy(module(rows.to(device)), classes.to(device))
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
    return module


def network(shape: tuple[int, int, int], classes: int) -> nn.Module:
    """Return CNN-Vis2D as a plain module, for images (C, H, W)."""
    channels, height, width = shape
    layers: list[nn.Module] = []
    for out in (32, 64, 128):
        layers += [nn.Conv2d(channels, out, 3, padding=1), nn.BatchNorm2d(out)]
        layers += [nn.ReLU(), nn.MaxPool2d(2)]
        channels = out
    pixels = height // 8 * (width // 8)
    return nn.Sequential(
        *layers, nn.Flatten(), nn.Linear(channels * pixels, 2), nn.Linear(2, classes)
    )
