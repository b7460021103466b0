"""The library of *The Price of Superposition*."""
