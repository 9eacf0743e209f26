"""The demonstration: an invented food hall, its members, and the days of its program until today.

Nothing of it is needed by an installation that serves real members. `population` decides what people do and knows no
database; `story` lets them do it day by day, through the same verbs as any till; `shop` and `staff` set the scene;
`site` keeps what the next run must know; `serving` opens the doors.
"""
