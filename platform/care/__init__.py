"""The domain: coordinated discharge and plans across huvudmän."""
