"""Pages that span rooms: what they show, as contexts of templates. `backoffice.admin` gives them their addresses."""
