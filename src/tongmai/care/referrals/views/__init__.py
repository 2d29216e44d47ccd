"""The pages of referrals: lists, writing, one referral and its steps, going down, the catalogue, paper."""
