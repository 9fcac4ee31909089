"""systems/laws."""
