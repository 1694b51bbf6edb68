"""What the commands of the command line do; `graph_service/cli.py` says how they are called."""
