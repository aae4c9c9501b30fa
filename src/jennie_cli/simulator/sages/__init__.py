"""Seeded stand-ins for language models, behind the protocol of OpenAI."""
