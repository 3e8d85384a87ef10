"""Google in the test process: Calendar, Tasks and sign-in, held to the documents that the installed client ships.

`server.Google` is the whole; `grants.Grants` is what its sign-in and its services have in common.
"""
