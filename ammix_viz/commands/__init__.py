"""The commands of the command line: a module each, with `ABOUT`, `arguments` and `run`."""
