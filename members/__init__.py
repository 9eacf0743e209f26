"""Who the members are: persons, enrolments, cards, consents."""
