"""What is told over all domains."""
