"""Webhooks without the records: secrets and signatures, when to try again, where to send, and sending.

Plain functions that know nothing of SQL, jobs or this service's own HTTP API.
"""
