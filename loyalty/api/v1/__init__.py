"""Version 1. What it promises is never taken back: fields are added, and a change that breaks is a version 2."""
