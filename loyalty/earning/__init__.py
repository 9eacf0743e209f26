"""What members do, the rules that reward it, and the decision that each activity leaves."""
