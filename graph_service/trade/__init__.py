"""Vouchers and orders: what consumers win, redeem, buy and bring back."""
