class StopUser(Exception):
    """The user goes; others go on."""
