"""`migrate parity`: run a job on both engines, each on its own ground, and say whether anything changed."""
