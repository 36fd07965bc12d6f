"""The mathematics: networks, training and diagnosis, on NumPy alone."""
