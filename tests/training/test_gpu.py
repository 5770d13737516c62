"""Runs on a GPU against the same runs on the CPU."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from ammix_viz.runs import reader
from ammix_viz.runs.recording import record
from ammix_viz.settings.recipe import Recipe
from ammix_viz.training.loop import train

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU here")

POINTS = Recipe(epochs=3, imbalance=200, batch_size=100, lr=0.02)
IMAGES = Recipe(data="digits_lt", imbalance=50, epochs=2, batch_size=64, lr=0.02, warmup=0)
RECIPES = {
    "points, am_mixup": replace(POINTS, method="am_mixup", site="random"),
    "points, ama": replace(POINTS, method="ama"),
    "points, supcon": replace(POINTS, method="supcon", epochs=1),
    "images, ce": replace(IMAGES, method="ce"),
    "images, cropped": replace(IMAGES, method="mixup", augment="on"),
    "images, am_mixup": replace(IMAGES, method="am_mixup", site="random"),
    "images, ama": replace(IMAGES, method="ama", feature_norm="on"),
    "images, ama at random": replace(IMAGES, method="ama_mixup", site="random"),
    "images, supcon": replace(IMAGES, method="supcon", epochs=1),
    "images, coarse": replace(IMAGES, data="digits_coarse", method="am_mixup", epochs=1),
    "images, no batch norm": replace(IMAGES, method="ce", batch_norm="off"),
    "images, hidden layer": replace(IMAGES, method="manifold", feature_layer="hidden"),
}


@pytest.mark.parametrize("name", RECIPES)
def test_a_run_on_a_gpu_agrees_with_one_on_the_cpu(name):
    runs = [
        [own for own in train([replace(RECIPES[name], device=device)], torch.float64) if own]
        for device in ("cpu", "cuda")
    ]
    assert len(runs[0]) == len(runs[1]) > 3
    for on_cpu, on_gpu in zip(*runs, strict=True):
        assert on_gpu.features.is_cuda
        for part in ("features", "weight", "bias"):
            expected, own = getattr(on_cpu, part), getattr(on_gpu, part).cpu()
            torch.testing.assert_close(own, expected, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(on_gpu.loss, on_cpu.loss, rtol=1e-5)
        np.testing.assert_allclose(on_gpu.lam, on_cpu.lam)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_a_run_on_a_gpu_is_written_and_learns(precision, tmp_path, monkeypatch):
    monkeypatch.setenv("AMMIX_RUNS", str(tmp_path))
    recipe = replace(IMAGES, method="am_mixup", epochs=6, device="cuda", precision=precision)
    list(record([recipe]))
    assert reader.finished(recipe.key).state == "ended"
    with reader.Run(recipe.key) as run:
        records = run.records()
    assert records["train.accuracy"][-1] > records["train.accuracy"][0] + 20
    assert np.isfinite(records["features"] * records["scale"][:, None, None]).all()
