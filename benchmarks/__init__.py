"""Speed and size, each as a ratio against a floor measured in the same run. `make bench` runs them all."""
