"""Referrals: members who bring new buyers, and what they get for it.

A `ReferralProgram` says what a new buyer is worth; a `ReferralCode` is what a member or an `Ambassador` passes on; a
`Referral` is one friend who came with a code, and a `ReferralStep` each thing that was decided about it; a
`ReferralGift` is what somebody got; `ReferralRevenue` keeps every amount that the report adds up. Who buys what is
recorded by the earning room above, which tells this one.
"""
