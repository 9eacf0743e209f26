"""Small tools without tables that every floor may use: codes, periods, set-based SQL."""
