"""What a user's own file says: the fields it may have, the records as they were read, and their history."""
