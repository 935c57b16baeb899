"""The network: three strided convolutions over the photo, joined by its statistics."""

import torch
from torch import nn


class PhotoNet(nn.Module):
    """Logits for each class from an image (3 x 64 x 64) and its standardised statistics."""

    def __init__(self, classes, statistics=3):
        super().__init__()
        # Group and not batch normalisation: with 16 photos a worker, statistics of a batch are noise.
        self.convolutions = nn.Sequential(
            nn.Conv2d(3, 24, kernel_size=5, stride=2, padding=2),
            nn.GroupNorm(8, 24),
            nn.ReLU(),
            nn.Conv2d(24, 48, kernel_size=3, stride=2, padding=1),
            nn.GroupNorm(8, 48),
            nn.ReLU(),
            nn.Conv2d(48, 64, kernel_size=3, stride=2, padding=1),
            nn.GroupNorm(8, 64),
            nn.ReLU(),
            nn.MaxPool2d(2),
        )
        self.hidden = nn.Linear(64 * 4 * 4 + statistics, 64)
        self.output = nn.Linear(64, classes)

    def forward(self, image, stats):
        seen = torch.flatten(self.convolutions(image), start_dim=1)
        return self.output(torch.relu(self.hidden(torch.cat([seen, stats], dim=1))))
