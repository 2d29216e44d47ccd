"""Pure Python, no Django: errors, state tables, money, months, citizen ids, pinyin keys, policy values."""
