"""Tensor operations and derivatives of each framework, as the introductions show them."""
