"""The commands, a module each: `arguments`, `run`, and a docstring that is the help."""
