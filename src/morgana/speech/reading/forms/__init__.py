"""Spoken forms: what is said for numbers, dates, money, addresses and other things that are not words.

Each module has a `find(text, locale)` that yields what it recognises, as the pieces that are said for it.
"""
