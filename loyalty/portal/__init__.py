"""The member's own pages, public: joining a program, the card on the phone, what the member may see and do alone."""
