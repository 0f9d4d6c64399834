"""`python -m newsarchive.cli`: the same as the command `newsarchive`."""

from newsarchive.cli import main

main()
