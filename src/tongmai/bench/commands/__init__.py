"""The benches by name: each module has `run(options)`."""
