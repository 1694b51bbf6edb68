"""Which store, channel or campaign gets the credit for a member or an order."""
