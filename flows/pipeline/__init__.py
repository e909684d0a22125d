"""The stages of a load, in the order of the data, and the frame they run in."""
