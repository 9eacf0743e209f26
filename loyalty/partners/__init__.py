"""Partners: other companies whose customers earn a program's points with them and spend them there.

A `Partner` is the company; a `PartnerMember` is a member as one partner knows them, under an identifier that tells the
partner nothing and that no other partner shares. Points are in the ledger, activities in the earning room above.
"""
