"""`python -m morgana`: the command line."""

from morgana.cli import main

main()
