"""Files in and out, with every fault named."""
