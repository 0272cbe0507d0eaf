"""Parent Portal: a family sees its children's school record, and the school sees who looked."""
