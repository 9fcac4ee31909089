"""Public logs: tree, tiles, checkpoints, cosignatures, and a store that survives a crash at every step."""
