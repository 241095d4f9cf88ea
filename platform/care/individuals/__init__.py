"""The person concerned: identities, protection, consent."""
