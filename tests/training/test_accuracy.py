"""The accuracy that λ depends on, against plain loops."""

import math

import numpy as np
import pytest
import torch

from ammix_viz.training.accuracy import CountedAccuracy, accuracy_of


def test_only_unmixed_rows_are_counted():
    counted = CountedAccuracy(3, torch.device("cpu"))
    assert all(map(math.isnan, counted.value))
    logits = torch.tensor([[[2.0, 1], [0, 1], [3, 0]]]).expand(3, -1, -1)  # classes 0, 1, 0
    counted.add(logits, torch.tensor([[0, 1, 1]]).expand(3, -1), np.array([True, True, False]))
    counted.add(logits, torch.tensor([[1, 0, 1]]).expand(3, -1), np.array([True, False, False]))
    assert counted.value[:2].tolist() == pytest.approx([2 / 6, 2 / 3])
    assert math.isnan(counted.value[2])


def test_of_some_samples_each_class_counts_as_often_as_it_occurs():
    logits = torch.tensor([[[1.0, 0], [0, 1], [0, 1], [0, 1]]])
    labels = torch.tensor([0, 0, 1, 1])
    assert accuracy_of(logits, labels).tolist() == [0.75]
    assert accuracy_of(logits, labels, torch.tensor([90, 10])).tolist() == pytest.approx([0.55])
