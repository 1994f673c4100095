//! The binary: reads the command line, wires the rooms together, runs one command.

fn main() {}
