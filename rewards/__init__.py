"""What points become: the catalogue, vouchers, redemptions, monthly issuance."""
