"""Each framework's yardsticks: its matrix products alone, one tiny call. A fused kernel can beat the products."""
