"""The simulation: pure, no clock, file, network, database or cloud."""
