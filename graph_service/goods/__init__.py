"""Items: their codes, containers, owners and ways."""
