"""What items cost: charges, medicines and consumables, by day and by institution.

Words: an *item* is a code of one of the code sets; its prices follow one another, each from its first day until the next
one's, for one class of institutions or one organisation.
Start reading at models.Price, then services.set_price.
"""
