"""Replaying an export as the webhooks that a CRM would have sent."""
