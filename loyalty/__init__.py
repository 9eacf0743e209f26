"""The namespace of the loyalty back office: its apps live below and share nothing through this module."""
